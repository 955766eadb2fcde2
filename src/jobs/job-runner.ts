import { Injectable, Logger } from '@nestjs/common';
import { type Job as BullJob, UnrecoverableError, WaitingError } from 'bullmq';
import { JobAttempts } from './job-attempts';
import { type ClaimedJob, JobContext } from './job-context';
import type { JobDefinition } from './job-definition';
import { failureOf, JobInterruptedError, JobSupersededError, UnrecoverableJobError } from './job-errors';
import { JobTimings } from './job-timings';

/** Beyond its attempts, how often the workers of a job may vanish before it is given up. */
const CRASHES_ALLOWED = 5;

export interface JobHandler {
  handle(payload: object, context: JobContext): Promise<unknown>;
  ended(payload: object): Promise<void>;
}

/** Runs what the queue delivers: claims the row, calls the handler, writes what came of it. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('Jobs');
  private readonly running = new Map<AbortController, Promise<void>>();
  private stopping = false;

  constructor(
    private readonly attempts: JobAttempts,
    private readonly timings: JobTimings,
  ) {}

  /**
   * One delivery. Resolves when the queue may forget the job.
   * @throws UnrecoverableError when it failed for good, WaitingError when it was given back, any other error when the queue shall try again.
   */
  async run(definition: JobDefinition<object>, handler: JobHandler, delivery: BullJob, token?: string): Promise<void> {
    const controller = new AbortController();
    const attempt = this.stopping
      ? this.giveBack(delivery, token)
      : this.attempt(definition, handler, delivery, controller, token);
    const settled = attempt.catch(() => undefined);
    this.running.set(controller, settled);
    try {
      await attempt;
    } finally {
      this.running.delete(controller);
    }
  }

  /** From now on every delivery is given back; what runs is asked to give up. Resolves when all of it has. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const controller of this.running.keys()) controller.abort(new JobInterruptedError());
    await Promise.all(this.running.values());
  }

  private async attempt(
    definition: JobDefinition<object>,
    handler: JobHandler,
    delivery: BullJob,
    controller: AbortController,
    token: string | undefined,
  ): Promise<void> {
    const id = String(delivery.id);
    const job = await this.attempts.claim(id, definition.name);
    if (job === undefined) return this.clearUp(definition, handler, id);
    if (job.failures >= definition.attempts + CRASHES_ALLOWED) return this.giveUp(definition, handler, job);
    const heartbeat = setInterval(() => void this.touch(job, controller), this.timings.heartbeatMs).unref();
    try {
      const result = await handler.handle(job.payload, new JobContext(job, controller.signal));
      if (!(await this.attempts.complete(job, result))) return;
    } catch (error) {
      return await this.failed(definition, handler, { job, error, delivery, token, signal: controller.signal });
    } finally {
      clearInterval(heartbeat);
    }
    await this.end(definition, handler, job);
  }

  private async failed(
    definition: JobDefinition<object>,
    handler: JobHandler,
    attempt: { job: ClaimedJob; error: unknown; delivery: BullJob; token: string | undefined; signal: AbortSignal },
  ): Promise<void> {
    const { job, error, signal } = attempt;
    if (error instanceof JobSupersededError || signal.reason instanceof JobSupersededError) return;
    if (signal.aborted) {
      if (await this.attempts.release(job)) await this.giveBack(attempt.delivery, attempt.token);
      return;
    }
    const failure = failureOf(error);
    const isLast = error instanceof UnrecoverableJobError || job.failures + 1 >= definition.attempts;
    const message = `Attempt ${job.attempt} of job ${job.id} (${definition.name}) failed`;
    if (!isLast) {
      if (!(await this.attempts.retry(job, failure))) return;
      this.logger.warn(`${message}; it is tried again`, error);
      throw new Error(failure.code);
    }
    if (!(await this.attempts.fail(job, failure))) return;
    this.logger.error(`${message}, and with it the job`, error);
    await this.end(definition, handler, job);
    // Only the code: what the queue keeps of an error may be read by others.
    throw new UnrecoverableError(failure.code);
  }

  private async giveUp(definition: JobDefinition<object>, handler: JobHandler, job: ClaimedJob): Promise<void> {
    const detail = 'The server stopped unexpectedly each time it worked on this';
    if (!(await this.attempts.fail(job, { code: 'crashed', detail }))) return;
    this.logger.error(`Job ${job.id} (${definition.name}) is given up: its workers vanished too often`);
    await this.end(definition, handler, job);
  }

  /** The row says that nothing is to be done. If the process died between the end of the job and its clearing up, that is made up for. */
  private async clearUp(definition: JobDefinition<object>, handler: JobHandler, id: string): Promise<void> {
    const payload = await this.attempts.endedPayload(id, definition.name);
    if (payload !== undefined) await this.end(definition, handler, { id, payload });
  }

  private async end(
    definition: JobDefinition<object>,
    handler: JobHandler,
    job: Pick<ClaimedJob, 'id' | 'payload'>,
  ): Promise<void> {
    try {
      await handler.ended(job.payload);
    } catch (error) {
      this.logger.error(`Clearing up after job ${job.id} (${definition.name}) failed`, error);
    }
  }

  private async giveBack(delivery: BullJob, token: string | undefined): Promise<void> {
    await delivery.moveToWait(token);
    throw new WaitingError();
  }

  private async touch(job: ClaimedJob, controller: AbortController): Promise<void> {
    try {
      if (!(await this.attempts.touch(job))) controller.abort(new JobSupersededError());
    } catch (error) {
      this.logger.debug(`Job ${job.id} could not give a sign of life`, error);
    }
  }
}
