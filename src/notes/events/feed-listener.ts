import { Injectable, Logger } from '@nestjs/common';
import { Client } from 'pg';
import { Config } from '../../config/config';
import { FEED_CHANNEL } from './event-streams.queries';

const TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

type Heard = (userId: string) => void;

/** Listens for changes of feeds, on a connection of its own. What is said while that is broken is lost: the poll finds it. */
@Injectable()
export class FeedListener {
  private readonly logger = new Logger(FeedListener.name);
  private heard?: Heard;
  private client?: Client;
  private timer?: NodeJS.Timeout;
  private failures = 0;

  constructor(private readonly config: Config) {}

  /** A second time changes nothing. */
  start(heard: Heard): void {
    if (this.heard !== undefined) return;
    this.heard = heard;
    this.failures = 0;
    void this.connect();
  }

  stop(): void {
    this.heard = undefined;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Replaces a connection that does not answer: its other end may be gone without a word. */
  async check(): Promise<void> {
    const { client } = this;
    await client?.query('select').catch((error: unknown) => this.onLost(client, error));
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.config.DATABASE_URL,
      application_name: 'commonplace-events',
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
    });
    this.client = client;
    client.on('error', (error) => this.onLost(client, error));
    client.on('end', () => this.onLost(client, new Error('Connection terminated')));
    client.on('notification', ({ payload }) => this.heard?.(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${FEED_CHANNEL}`);
    } catch (error) {
      this.onLost(client, error);
      return;
    }
    if (this.failures > 0) this.logger.log('Changes are heard of again');
    this.failures = 0;
  }

  private onLost(client: Client, error: unknown): void {
    // Stopped, or known already.
    if (client !== this.client) return;
    this.drop();
    if (this.failures === 0)
      this.logger.warn('Changes are not heard of; streams of events are later by seconds', error);
    const ms = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    this.timer = setTimeout(() => void this.connect(), ms).unref();
  }

  private drop(): void {
    const { client } = this;
    this.client = undefined;
    // It may be broken: then there is nothing to end.
    void client?.end().catch(() => undefined);
  }
}
