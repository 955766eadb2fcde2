import type { EntityManager } from 'typeorm';
import { JobSupersededError } from './job-errors';

/** A job as the worker that took it found it. */
export interface ClaimedJob {
  id: string;
  userId: string | null;
  payload: object;
  /** How far earlier attempts came, and the result so far: where this one goes on. */
  done: number;
  total: number | null;
  result: unknown;
  /** The number of this attempt, from 1: its fence. */
  attempt: number;
  failures: number;
}

export interface JobProgress {
  done: number;
  /** Left as it was when absent. */
  total?: number;
  /** The result so far; left as it was when absent. */
  result?: unknown;
}

const PROGRESS = `
  update jobs set done = $3, total = coalesce($4, total), result = coalesce($5::jsonb, result), touched_at = now()
  where id = $1 and attempts = $2 and status = 'active'`;

/** What a handler knows about its attempt. */
export class JobContext {
  constructor(
    readonly job: ClaimedJob,
    /** Aborted when the process stops or another attempt has taken over: give up soon, by throwing. */
    readonly signal: AbortSignal,
  ) {}

  get jobId(): string {
    return this.job.id;
  }

  get attempt(): number {
    return this.job.attempt;
  }

  /** The user whose job it is. @throws Error for the server's own work, which has none. */
  get userId(): string {
    if (this.job.userId === null) throw new Error(`Job ${this.job.id} belongs to no user`);
    return this.job.userId;
  }

  /**
   * Notes how far the job is, in the transaction of the work itself, so that both are there or neither is.
   * @throws JobSupersededError when another attempt has taken over: let it pass, and the transaction is rolled back.
   */
  async progress(manager: EntityManager, { done, total, result }: JobProgress): Promise<void> {
    const [, affected] = await manager.query<[unknown[], number]>(PROGRESS, [
      this.job.id,
      this.job.attempt,
      done,
      total ?? null,
      result === undefined ? null : JSON.stringify(result),
    ]);
    if (affected !== 1) throw new JobSupersededError();
  }
}
