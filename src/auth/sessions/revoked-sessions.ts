import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../config/config';
import { AfterCommit } from '../../database/after-commit';

const POLL_MS = 5_000;

/** By how much the clocks of replicas and database may differ. */
const CLOCKS_SECONDS = 300;

/**
 * The sessions that were ended while their access tokens may still be valid, in memory: so a request needs no query to be refused. Each replica reads
 * them every 5 s; what this one ends, it knows at once. While the database is away, the last known ones stay refused.
 */
@Injectable()
export class RevokedSessions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RevokedSessions.name);
  private readonly ids = new Map<string, number>();
  private readonly committed: AfterCommit<string>;
  private timer?: NodeJS.Timeout;
  private failing = false;
  private stopped = false;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {
    this.committed = new AfterCommit(dataSource, (ids) => ids.forEach((id) => this.add(id)));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.poll();
    this.schedule();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  has(sessionId: string): boolean {
    return this.ids.has(sessionId);
  }

  /** Refuses sessions as soon as the transaction that ends them is committed; outside of one, at once. */
  addAfterCommit(manager: EntityManager, sessionIds: string[]): void {
    if (!this.committed.add(manager, ...sessionIds)) sessionIds.forEach((id) => this.add(id));
  }

  private add(sessionId: string): void {
    this.ids.set(sessionId, Date.now());
  }

  /** One after the other: a slow database is not asked twice at once. */
  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.poll().then(() => this.schedule()), POLL_MS).unref();
  }

  /**
   * Reads the whole time in which tokens can be valid, not only what is new: a transaction that takes long commits a time that is long past. Sessions
   * are locked while they are ended, so no token is younger than that time.
   */
  private async poll(): Promise<void> {
    const seconds = this.config.ACCESS_TOKEN_SECONDS + CLOCKS_SECONDS;
    try {
      const rows = await this.dataSource.query<{ id: string }[]>(
        `select id from sessions where revoked_at > now() - make_interval(secs => $1)`,
        [seconds],
      );
      for (const { id } of rows) if (!this.ids.has(id)) this.add(id);
      for (const [id, since] of this.ids) if (Date.now() - since > seconds * 2_000) this.ids.delete(id);
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.stopped)
        this.logger.error('Ended sessions cannot be read; those known stay refused', error);
      this.failing = true;
    }
  }
}
