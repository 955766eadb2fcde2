import { ProblemError } from '../common/problem';
import type { JobError } from './job.entity';

/** Thrown by a handler when another attempt cannot help: the job fails with this problem at once. */
export class UnrecoverableJobError extends ProblemError {
  constructor(problem: ProblemError) {
    super(problem.status, problem.code, problem.title, problem.message, { ...problem.options, cause: problem });
  }
}

/** This attempt is over: another worker has taken the job, or it was cancelled or removed. Nothing more may be written. */
export class JobSupersededError extends Error {
  constructor() {
    super('Another attempt has taken over, or the job has ended');
    this.name = 'JobSupersededError';
  }
}

/** This process stops: the job goes back and the next worker takes it up. */
export class JobInterruptedError extends Error {
  constructor() {
    super('The process stops; another one takes the job up');
    this.name = 'JobInterruptedError';
  }
}

const LONGEST_DETAIL = 1_000;

/** What the user is told about `error`: a problem as it is, of anything else nothing of the inside. */
export function failureOf(error: unknown): JobError {
  if (!(error instanceof ProblemError)) {
    return { code: 'internal-error', detail: 'Something went wrong here; it has been logged with the id of the job' };
  }
  // NUL and half a surrogate pair cannot be stored, and a failure must be.
  const detail = error.message.slice(0, LONGEST_DETAIL).replaceAll('\0', '').toWellFormed();
  return { code: error.code, detail };
}
