import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Statements } from '../database/statements';
import type { JobDefinition } from './job-definition';
import { JobHandlers } from './job-handlers';
import { JobQueues } from './job-queues';
import { JobTimings } from './job-timings';
import { OutageLog } from './outage-log';

const BATCH = 500;

/** $1 the kind, $2 the milliseconds without a sign of life, $3 how many. */
const FIND = {
  name: 'find-silent-jobs',
  text: `
    select id from jobs
    where status in ('queued', 'active') and type = $1 and touched_at < now() - $2 * interval '1 millisecond'
    order by touched_at limit $3`,
};

/** The status is looked at again: a job may have ended meanwhile. */
const TOUCH = {
  name: 'touch-swept-jobs',
  text: `update jobs set touched_at = now() where id = any($1) and status in ('queued', 'active')`,
};

/**
 * Hands unfinished jobs over again that nobody has heard of for a while: the process died between commit and hand-over, the queue was away, or has lost them.
 * A job that the queue still has is left alone there, so nothing needs to be locked and any number of sweepers may run.
 */
@Injectable()
export class JobsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly outage = new OutageLog(new Logger('Jobs'), 'Looking for forgotten jobs');
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly statements: Statements,
    private readonly handlers: JobHandlers,
    private readonly queues: JobQueues,
    private readonly timings: JobTimings,
  ) {}

  onApplicationBootstrap(): void {
    this.sweepAndRepeat();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.sweeping;
  }

  /** Kinds without a handler here are left to the processes that have one. */
  async sweep(): Promise<void> {
    for (const definition of this.handlers.definitions()) await this.sweepKind(definition);
  }

  private sweepAndRepeat(): void {
    this.sweeping = this.trySweep();
    const { sweepEveryMs } = this.timings;
    void this.sweeping.then(() => {
      if (!this.stopping) this.timer = setTimeout(() => this.sweepAndRepeat(), sweepEveryMs).unref();
    });
  }

  private async trySweep(): Promise<void> {
    try {
      await this.sweep();
      this.outage.recovered();
    } catch (error) {
      this.outage.failed(error);
    }
  }

  /** Touched only when handed over: while the queue is away, the next sweep finds them again. */
  private async sweepKind(definition: JobDefinition<object>): Promise<void> {
    const found = [definition.name, this.timings.sweepAfterMs, BATCH];
    for (;;) {
      const ids = (await this.statements.run<{ id: string }>(FIND, found)).map((row) => row.id);
      if (ids.length === 0 || !(await this.queues.handOver(definition, ids))) return;
      await this.statements.run(TOUCH, [ids]);
      if (ids.length < BATCH) return;
    }
  }
}
