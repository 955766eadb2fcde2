import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config';
import { type Statement, Statements } from '../../database/statements';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { whileMore } from '../../jobs/periodic/while-more';

/** Rows removed at once: no lock is held for long. */
const BATCH = 1_000;

/** Rows that somebody has locked are left to the next time, so any number of processes may do this at once. */
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

/** Removes sessions that ended a month ago and one-time tokens that expired a day ago. */
@Injectable()
export class SignInLeftovers extends PeriodicTask {
  readonly name = 'remove ended sessions';
  readonly everyMs = 6 * 3_600_000;

  constructor(
    private readonly statements: Statements,
    private readonly config: Config,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.inBatches(signal, SESSIONS, this.config.SESSION_IDLE_DAYS);
    await this.inBatches(signal, ONE_TIME_TOKENS);
  }

  private async inBatches(signal: AbortSignal, statement: Statement, ...values: number[]): Promise<void> {
    await whileMore(signal, async () => {
      const removed = await this.statements.run(statement, [BATCH, ...values]);
      return removed.length === BATCH;
    });
  }
}
