import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { JobTimings } from '../job-timings';
import { PeriodicTask } from './periodic-task';

/** Runs the periodic tasks of this process, each on its own; one that fails is logged and tried again at its next time. */
@Injectable()
export class PeriodicRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('PeriodicTasks');
  private readonly timers = new Map<PeriodicTask, NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly timings: JobTimings,
  ) {}

  /** The first run comes soon, but not at once: a start has enough to do, and processes that start together should not all begin together. */
  onApplicationBootstrap(): void {
    for (const task of this.tasks()) {
      this.schedule(task, Math.random() * Math.min(task.everyMs, this.timings.firstTaskWithinMs));
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private tasks(): PeriodicTask[] {
    const instances = this.discovery.getProviders().map((provider): unknown => provider.instance);
    return instances.filter((instance): instance is PeriodicTask => instance instanceof PeriodicTask);
  }

  private schedule(task: PeriodicTask, ms: number): void {
    const timer = setTimeout(() => void this.runAndRepeat(task), ms).unref();
    this.timers.set(task, timer);
  }

  private async runAndRepeat(task: PeriodicTask): Promise<void> {
    const run = this.tryToRun(task);
    this.running.add(run);
    await run;
    this.running.delete(run);
    if (!this.stop.signal.aborted) this.schedule(task, task.everyMs);
  }

  private async tryToRun(task: PeriodicTask): Promise<void> {
    try {
      await task.run(this.stop.signal);
    } catch (error) {
      if (!this.stop.signal.aborted) this.logger.error(`The task "${task.name}" failed; it is tried again`, error);
    }
  }
}
