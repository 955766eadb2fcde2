import type { JobsOptions, WorkerOptions } from 'bullmq';

/** More than any job needs: whether it is tried again is decided by its row, so that a lost queue forgets nothing. BullMQ only keeps the time. */
const UNLIMITED = 1_000;

export interface JobSettings {
  /** A verb and a noun; also the name of the queue. */
  name: `${string}-${string}`;
  /** How many attempts may fail before the job has. */
  attempts: number;
  /** Milliseconds before the second try, doubled for each further one; up to half of it is left to chance. */
  backoffMs: number;
  /** How many of them one process runs at once. */
  concurrency: number;
  /** Milliseconds that a worker may be silent before another takes its job; 15,000 unless given. */
  lockMs?: number;
}

/** A kind of job: what callers and its one handler agree on. `Payload` holds ids and settings, never secrets or text. */
export interface JobDefinition<Payload extends object> extends JobSettings {
  /** For `@Processor(definition.name, definition.workerOptions)`. */
  workerOptions: Omit<WorkerOptions, 'connection'>;
  /** How the queue keeps it: our table is the record, so nothing stays there once it has ended. */
  queueOptions: JobsOptions;
  /** Only a type: what the payload is. */
  payload?: Payload;
}

/** Defines a kind of job. A worker that is killed is noticed after at most `lockMs` and two thirds of it. */
export function defineJob<Payload extends object>(settings: JobSettings): JobDefinition<Payload> {
  const { backoffMs, concurrency, lockMs = 15_000 } = settings;
  return {
    ...settings,
    workerOptions: {
      concurrency,
      lockDuration: lockMs,
      stalledInterval: Math.ceil((lockMs * 2) / 3),
      maxStalledCount: UNLIMITED,
      runRetryDelay: 1_000,
    },
    queueOptions: {
      attempts: UNLIMITED,
      backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 0,
    },
  };
}
