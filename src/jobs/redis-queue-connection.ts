import { once } from 'node:events';
import type { ConnectionOptions, QueueOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { OutageLog } from './outage-log';
import { QueueConnection } from './queue-connection';

/** Of all our keys, so that others may use the same Redis. */
export const QUEUE_PREFIX = 'commonplace';

const COMMON: RedisOptions = {
  connectTimeout: 5_000,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(times * 200, 2_000),
};

/** Two connections to Redis, and one for each worker to wait on. */
export class RedisQueueConnection extends QueueConnection {
  private readonly producer: Redis;
  private workers: WorkerRedis | undefined;

  constructor(
    private readonly url: string,
    readonly outage: OutageLog,
  ) {
    super();
    const options = { ...COMMON, enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 3_000 };
    this.producer = new Redis(url, options);
    this.watchClient(this.producer);
  }

  /** Waiting for a connection or asking for the version would block, and be remembered as failed, while Redis is away. */
  forQueues(): QueueOptions {
    return { connection: this.producer, prefix: QUEUE_PREFIX, skipVersionCheck: true, skipWaitingForReady: true };
  }

  forWorkers(): ConnectionOptions {
    this.workers ??= new WorkerRedis(this.url, (client) => this.watchClient(client));
    return this.workers;
  }

  async connect(): Promise<void> {
    if (this.producer.status !== 'ready') await once(this.producer, 'ready');
  }

  async ping(): Promise<void> {
    await this.producer.ping();
  }

  cut(): void {
    this.workers?.cut();
  }

  close(): Promise<void> {
    this.cut();
    this.producer.disconnect();
    return Promise.resolve();
  }

  private watchClient(client: Redis): void {
    client.on('error', (error) => this.outage.failed(error));
    client.on('ready', () => this.outage.recovered());
  }
}

/** The workers' common connection. BullMQ duplicates it for each worker; the copies are remembered, since nobody else can cut one that never connected. */
class WorkerRedis extends Redis {
  private readonly copies: Redis[] = [];

  constructor(
    url: string,
    private readonly watchClient: (client: Redis) => void,
  ) {
    super(url, { ...COMMON, maxRetriesPerRequest: null });
    watchClient(this);
  }

  override duplicate(options?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(options);
    this.watchClient(copy);
    this.copies.push(copy);
    return copy;
  }

  cut(): void {
    for (const client of [...this.copies, this]) client.disconnect();
  }
}
