import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { migrationsAreCurrent } from '../database/migrate';
import { QueueHealth } from '../jobs/queue-health';

/** Each check answers within this time, or counts as down. */
const CHECK_MS = 2_000;

@Injectable()
export class HealthService implements OnApplicationBootstrap {
  private started = false;
  private stopping = false;
  private migrated = false;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly queue: QueueHealth,
    private readonly indicators: HealthIndicatorService,
  ) {}

  onApplicationBootstrap(): void {
    this.started = true;
  }

  beginShutdown(): void {
    this.stopping = true;
  }

  startup(): HealthIndicatorResult {
    const startup = this.indicators.check('startup');
    return this.started ? startup.up() : startup.down();
  }

  /** Down once a shutdown has begun, so that a load balancer sends nothing more here. */
  shutdown(): HealthIndicatorResult {
    const shutdown = this.indicators.check('shutdown');
    return this.stopping ? shutdown.down() : shutdown.up();
  }

  database(): Promise<HealthIndicatorResult> {
    return this.bounded('database', () => this.dataSource.query('select 1'));
  }

  /** Asked until the answer is yes: an older replica stays ready beside a newer schema, since migrations are made to allow it. */
  migrations(): Promise<HealthIndicatorResult> {
    return this.bounded('migrations', async () => {
      this.migrated ||= await migrationsAreCurrent(this.dataSource);
      if (!this.migrated) throw new Error('Migrations are waiting');
    });
  }

  queues(): Promise<HealthIndicatorResult> {
    return this.bounded('queue', () => this.queue.check(CHECK_MS));
  }

  /** Up or down and nothing else: why is in the logs, not in a public answer. */
  private async bounded(name: string, check: () => Promise<unknown>): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${name} did not answer`)), CHECK_MS);
    });
    try {
      await Promise.race([check(), timeout]);
      return indicator.up();
    } catch {
      return indicator.down();
    } finally {
      clearTimeout(timer);
    }
  }
}
