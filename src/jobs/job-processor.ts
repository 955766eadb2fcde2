import { WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job as BullJob } from 'bullmq';
import type { JobContext } from './job-context';
import type { JobDefinition } from './job-definition';
import { JobRunner } from './job-runner';

/**
 * The handler of one kind of job: `@Processor(definition.name, definition.workerOptions)` on a class that extends this one.
 * Delivery is at least once: a handler may run again after a crash, and must then find what it did already.
 */
export abstract class JobProcessor<Payload extends object, Result = null> extends WorkerHost {
  @Inject(JobRunner)
  private readonly runner!: JobRunner;

  protected constructor(readonly definition: JobDefinition<Payload>) {
    super();
  }

  process(delivery: BullJob, token?: string): Promise<void> {
    const handler = {
      handle: (payload: object, context: JobContext) => this.handle(payload as Payload, context),
      ended: (payload: object) => this.ended(payload as Payload),
    };
    return this.runner.run(this.definition, handler, delivery, token);
  }

  /**
   * Does the work and gives the job's result.
   * @throws UnrecoverableJobError to fail at once; a ProblemError to be tried again and, in the end, shown to the user; anything else is tried again and hidden.
   */
  protected abstract handle(payload: Payload, context: JobContext): Promise<Result>;

  /** Called once the job has completed or failed for good, to clear up after it; after a crash, once more. */
  protected ended(_payload: Payload): Promise<void> {
    return Promise.resolve();
  }
}
