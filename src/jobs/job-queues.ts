import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Queue, type QueueOptions } from 'bullmq';
import type { JobDefinition } from './job-definition';
import { queueBackend } from './queue-backend';
import { QueueConnection } from './queue-connection';
import { within } from './within';

/** A start waits this long for the queues; jobs that are asked for while they are away are swept up. */
const CONNECT_MS = 3_000;
const CLOSE_MS = 5_000;

const openQueue = (name: string, options: QueueOptions) => new Queue(name, options, queueBackend);
type OpenQueue = ReturnType<typeof openQueue>;

/** A job whose row is committed. */
export interface CommittedJob {
  id: string;
  definition: JobDefinition<object>;
}

/** Hands jobs to their queues. Only ids go there: the row has everything else. */
@Injectable()
export class JobQueues implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly queues = new Map<string, OpenQueue>();
  private readonly pending = new Set<Promise<boolean>>();

  constructor(private readonly connection: QueueConnection) {}

  async onModuleInit(): Promise<void> {
    try {
      await within(CONNECT_MS, this.connection.connect(), 'Connecting to the queues');
    } catch (error) {
      this.connection.outage.failed(error);
    }
  }

  /** After the workers: they stop in `beforeApplicationShutdown`. */
  async onApplicationShutdown(): Promise<void> {
    try {
      await within(CLOSE_MS, this.close(), 'Closing the queues');
    } catch (error) {
      this.logger.warn('The queues did not close cleanly', error);
    }
  }

  /**
   * Hands jobs of one kind over; one that the queue has already is left alone.
   * Never rejects and takes seconds at most: false when the queue cannot be reached, and then the sweeper tries again.
   */
  async handOver(definition: JobDefinition<object>, ids: string[]): Promise<boolean> {
    const adding = this.tryToAdd(definition, ids);
    this.pending.add(adding);
    try {
      return await adding;
    } finally {
      this.pending.delete(adding);
    }
  }

  private async tryToAdd(definition: JobDefinition<object>, ids: string[]): Promise<boolean> {
    try {
      await this.add(definition, ids);
      this.connection.outage.recovered();
      return true;
    } catch (error) {
      this.connection.outage.failed(error);
      return false;
    }
  }

  /** Many at once would make temporary tables in PostgreSQL: not for a single one. */
  private async add({ name, queueOptions }: JobDefinition<object>, ids: string[]): Promise<void> {
    const queue = this.queue(name);
    const [first, ...rest] = ids.map((jobId) => ({ name, data: {}, opts: { ...queueOptions, jobId } }));
    if (first === undefined) return;
    if (rest.length > 0) await queue.addBulk([first, ...rest]);
    else await queue.add(name, first.data, first.opts);
  }

  private queue(name: string): OpenQueue {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const queue = openQueue(name, this.connection.forQueues());
    queue.on('error', (error) => this.connection.outage.failed(error));
    this.queues.set(name, queue);
    return queue;
  }

  private async close(): Promise<void> {
    await Promise.all(this.pending);
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.connection.close();
  }
}
