import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '../../common/errors';
import { Config } from '../../config/config';
import { Statements } from '../../database/statements';

const EVERY_MS = 6 * 3_600_000;

/** Rows removed at once: no lock is held for long. */
const BATCH = 1_000;

/** Rows that somebody has locked are left to the next time, so any number of replicas may do this at once. */
const remove = (table: string, which: string): string => `
  delete from ${table} where id in (select id from ${table} where ${which} limit $1 for update skip locked) returning id`;

/** Much longer than the access tokens of an ended session live: until then `RevokedSessions` needs it. $2: days without use. */
const SESSIONS = {
  name: 'remove-ended-sessions',
  text: remove(
    'sessions',
    `least(revoked_at, expires_at, last_used_at + make_interval(days => $2)) < now() - interval '30 days'`,
  ),
};

const ONE_TIME_TOKENS = {
  name: 'remove-expired-one-time-tokens',
  text: remove('one_time_tokens', `expires_at < now() - interval '1 day'`),
};

/** Removes sessions that ended a month ago and one-time tokens that expired a day ago: at the start, and every six hours. */
@Injectable()
export class SignInLeftovers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SignInLeftovers.name);
  private timer?: NodeJS.Timeout;
  private removing: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly statements: Statements,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.begin(), EVERY_MS).unref();
    this.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.removing;
  }

  private begin(): void {
    this.removing = this.removing.then(() => this.removeAll());
  }

  private async removeAll(): Promise<void> {
    try {
      await this.inBatches(SESSIONS, this.config.SESSION_IDLE_DAYS);
      await this.inBatches(ONE_TIME_TOKENS);
    } catch (error) {
      // They only take room; the next time tries again.
      this.logger.warn(`Ended sessions could not be removed: ${messageOf(error)}`);
    }
  }

  private async inBatches(statement: { name: string; text: string }, ...values: number[]): Promise<void> {
    let removed = BATCH;
    while (removed === BATCH && !this.stopping) {
      removed = (await this.statements.run(statement, [BATCH, ...values])).length;
    }
  }
}
