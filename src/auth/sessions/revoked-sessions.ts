import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config';

const POLL_MS = 5_000;

/**
 * The sessions that were ended while their access tokens may still be valid, in memory: so a request needs no query to be refused. Each replica reads
 * them every 5 s; what this one ends, it knows at once. While the database is away, the last known ones stay refused.
 */
@Injectable()
export class RevokedSessions implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RevokedSessions.name);
  private readonly ids = new Map<string, number>();
  private timer?: NodeJS.Timeout;
  private failing = false;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.poll();
    this.timer = setInterval(() => void this.poll(), POLL_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  has(sessionId: string): boolean {
    return this.ids.has(sessionId);
  }

  add(sessionId: string): void {
    this.ids.set(sessionId, Date.now());
  }

  private async poll(): Promise<void> {
    // A minute more than a token lives, for clocks that differ.
    const seconds = this.config.ACCESS_TOKEN_SECONDS + 60;
    try {
      const rows = await this.dataSource.query<{ id: string }[]>(
        `select id from sessions where revoked_at > now() - make_interval(secs => $1)`,
        [seconds],
      );
      for (const { id } of rows) if (!this.ids.has(id)) this.add(id);
      for (const [id, since] of this.ids) if (Date.now() - since > seconds * 2_000) this.ids.delete(id);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.error('Ended sessions cannot be read; those known stay refused', error);
      this.failing = true;
    }
  }
}
