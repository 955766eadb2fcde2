import { BullRegistrar } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { Worker } from 'bullmq';
import { JobHandlers } from './job-handlers';
import { JobRunner } from './job-runner';
import { QueueConnection } from './queue-connection';
import { within } from './within';

const STOP_MS = 10_000;

/** Closing takes milliseconds, unless the queues are away. */
const CLOSE_MS = 1_500;

/** What BullMQ says when a job that was finished here had been taken over or forgotten: our fence has dealt with it. */
const TAKEN_OVER =
  /^(Missing (key|lock) for job|Lock mismatch for job|Job \S+ is not in the active state)|could not renew lock/;

/** Starts the workers of all handlers once everything else runs, and stops them before anything else does. */
@Injectable()
export class JobsWorkerStarter implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private workers: Worker[] = [];
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly registrar: BullRegistrar,
    private readonly handlers: JobHandlers,
    private readonly runner: JobRunner,
    private readonly connection: QueueConnection,
  ) {}

  /** @throws Error when a kind of job has two handlers, or a handler listens to a queue of another name. */
  start(): void {
    const names = this.handlers.definitions().map((definition) => definition.name);
    const twice = names.find((name, position) => names.indexOf(name) !== position);
    if (twice !== undefined) throw new Error(`The job ${twice} has two handlers`);
    this.registrar.register();
    for (const { definition, worker } of this.handlers.all()) {
      if (worker.name !== definition.name)
        throw new Error(`The handler of ${definition.name} listens to ${worker.name}`);
      worker.on('error', (error) => this.report(error));
      this.workers.push(worker);
    }
  }

  /**
   * Takes no more jobs, asks those that run to give up, and waits for at most `timeoutMs` milliseconds.
   * A job that has not given up by then is taken over by another worker when its lock ends.
   */
  stop(timeoutMs: number = STOP_MS): Promise<void> {
    this.stopped ??= this.stopWorkers(timeoutMs);
    return this.stopped;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private async stopWorkers(timeoutMs: number): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.pause(true)));
    const isDone = await this.isDone(timeoutMs, this.runner.stop());
    if (!isDone) this.logger.warn('Some jobs did not give up in time; other workers take them over');
    // A worker that is closed gently waits for its jobs, and could not be forced after that.
    const closing = Promise.all(this.workers.map((worker) => worker.close(!isDone)));
    if (await this.isDone(CLOSE_MS, closing)) return;
    this.connection.cut();
    await this.isDone(CLOSE_MS, closing);
  }

  private async isDone(ms: number, promise: Promise<unknown>): Promise<boolean> {
    try {
      await within(ms, promise, 'Stopping');
      return true;
    } catch {
      return false;
    }
  }

  private report(error: Error): void {
    if (TAKEN_OVER.test(error.message)) this.logger.debug(error.message);
    else this.connection.outage.failed(error);
  }
}
