import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { Config } from '../../config/config';
import { Statements } from '../../database/statements';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';

const HOUR_MS = 3_600_000;

/** Users looked at by one statement, and most events that it removes. */
const USERS = 500;
const EVENTS = 5_000;

/**
 * Removes old events of the users after $1, from the index by user and time, so that nothing is read that stays. $2 how many days are kept.
 * What another process has just removed, or is about to, is no concern of this one.
 */
const REMOVE = `
  with page as (select id from users where id > $1 order by id limit ${USERS}),
  old as (
    select event.id from page cross join lateral (
      select id from audit_events
      where user_id = page.id and created_at < now() - make_interval(days => $2::integer)
      order by created_at limit ${EVENTS}
    ) event
    limit ${EVENTS}
  ),
  removed as (
    delete from audit_events
    where id in (select id from audit_events where id in (select id from old) for update skip locked)
    returning 1
  )
  select (select count(*) from removed)::integer as removed, (select id from page order by id desc limit 1) as last`;

/** Keeps the audit trail for `AUDIT_DAYS` (GDPR, article 5(1)(e): no longer than necessary). */
@Injectable()
export class AuditRetention extends PeriodicTask {
  readonly name = 'remove old activity';
  readonly everyMs = HOUR_MS;

  constructor(
    private readonly statements: Statements,
    private readonly config: Config,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    let after: string | null = NIL;
    while (after !== null && !signal.aborted) {
      const values: unknown[] = [after, this.config.AUDIT_DAYS];
      const [row] = await this.statements.run<{ removed: number; last: string | null }>({ text: REMOVE }, values);
      // The same users again, as long as they have more to remove.
      if (row === undefined || row.removed === 0) after = row?.last ?? null;
    }
  }
}
