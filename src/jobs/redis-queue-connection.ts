import { once } from 'node:events';
import type { ConnectionOptions, QueueOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { OutageLog } from './outage-log';
import { QueueConnection } from './queue-connection';

/** Of all our keys, so that others may use the same Redis. */
export const QUEUE_PREFIX = 'commonplace';

const COMMON: RedisOptions = {
  connectTimeout: 5_000,
  disconnectTimeout: 500,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(times * 200, 2_000),
};

/** Two connections to Redis, and one for each worker to wait on. */
export class RedisQueueConnection extends QueueConnection {
  private readonly clients: Redis[] = [];
  private readonly producer: Redis;
  private workers: Redis | undefined;

  constructor(
    private readonly url: string,
    readonly outage: OutageLog,
  ) {
    super();
    this.producer = this.open({ enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 3_000 });
  }

  /** Waiting for a connection or asking for the version would block, and be remembered as failed, while Redis is away. */
  forQueues(): QueueOptions {
    return { connection: this.producer, prefix: QUEUE_PREFIX, skipVersionCheck: true, skipWaitingForReady: true };
  }

  forWorkers(): ConnectionOptions {
    this.workers ??= this.open({ maxRetriesPerRequest: null });
    return this.workers;
  }

  async connect(): Promise<void> {
    if (this.producer.status !== 'ready') await once(this.producer, 'ready');
  }

  async ping(): Promise<void> {
    await this.producer.ping();
  }

  cut(): void {
    for (const client of this.clients) {
      // Once only: a second time leaves a timer behind.
      if (client !== this.producer && client.status !== 'end') client.disconnect();
    }
  }

  close(): Promise<void> {
    this.cut();
    this.producer.disconnect();
    return Promise.resolve();
  }

  private open(options: RedisOptions): Redis {
    return new QueueRedis(this.url, { ...COMMON, ...options }, (client) => this.watch(client));
  }

  private watch(client: Redis): void {
    client.on('error', (error) => this.outage.failed(error));
    client.on('ready', () => {
      if (this.clients.every(({ status }) => status === 'ready')) this.outage.recovered();
    });
    this.clients.push(client);
  }
}

/** A client that can be ended at any time, and so can the copies that BullMQ makes of it, one for each worker to wait on. */
class QueueRedis extends Redis {
  constructor(
    private readonly url: string,
    options: RedisOptions,
    private readonly onOpen: (client: Redis) => void,
  ) {
    super(url, options);
    onOpen(this);
  }

  override duplicate(options: Partial<RedisOptions> = {}): Redis {
    return new QueueRedis(this.url, { ...this.options, ...options }, this.onOpen);
  }

  /** While it waits to connect again, ioredis would only forget to: whoever waits for the end would wait for ever. */
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status === 'reconnecting') void this.connect().catch(() => undefined);
    super.disconnect(reconnect);
  }
}
