import type { ConnectionOptions, QueueOptions } from 'bullmq';
import { Pool } from 'pg';
import { BULLMQ_SCHEMA } from '../database/bullmq-schema';
import type { OutageLog } from './outage-log';
import { QueueConnection } from './queue-connection';

/** Connections beside those on which workers listen. */
const FOR_QUERIES = 4;

/** One pool for all queues and workers; each worker keeps one of its connections to listen on. */
export class PostgresQueueConnection extends QueueConnection {
  private readonly pool: Pool;

  constructor(
    url: string,
    workers: number,
    readonly outage: OutageLog,
  ) {
    super();
    this.pool = new Pool({
      connectionString: url,
      application_name: 'commonplace-jobs',
      max: workers + FOR_QUERIES,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 15_000,
      query_timeout: 20_000,
      // Not by `options`: the URL may have some of its own, and they win.
      onConnect: async (client) => {
        await client.query(`set search_path to ${BULLMQ_SCHEMA}`);
      },
    });
    // Every queue and worker listens for its errors.
    this.pool.setMaxListeners(0);
    this.pool.on('error', (error) => this.outage.failed(error));
    this.pool.on('connect', () => this.outage.recovered());
  }

  forQueues(): QueueOptions {
    return { connection: this.forWorkers() };
  }

  /** `queueBackend` looks for `pool`. */
  forWorkers(): ConnectionOptions {
    return { pool: this.pool };
  }

  connect(): Promise<void> {
    return this.ping();
  }

  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  /** Queries end by their timeout; there is nothing that waits for longer. */
  cut(): void {
    return undefined;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
