import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config';
import { Statements } from '../../database/statements';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { whileMore } from '../../jobs/periodic/while-more';

const BATCH = 1_000;

/**
 * $1 days: old tombstones of one user, whose row is locked first, as by all who write the feed. The floor says which cursors are too old from then on.
 * One that is locked is left to the next time.
 */
const REMOVE = {
  name: 'remove-old-tombstones',
  text: `
    with owner as (
      select id from users where id in (
        select user_id from changes where deleted and changed_at < now() - make_interval(days => $1) order by changed_at limit 1
      )
      for no key update skip locked
    ),
    old as (
      select c.user_id, c.type, c.entity_id, c.seq from owner join changes c on c.user_id = owner.id
      where c.deleted and c.changed_at < now() - make_interval(days => $1) limit ${BATCH}
    ),
    removed as (
      delete from changes c using old where c.user_id = old.user_id and c.type = old.type and c.entity_id = old.entity_id
    )
    update users u set changes_floor = greatest(u.changes_floor, last.seq)
    from (select user_id, max(seq) as seq from old group by user_id) last
    where u.id = last.user_id
    returning u.id`,
};

/** Forgets what was deleted so long ago that clients which do not know it yet must start again. */
@Injectable()
export class ChangeRetention extends PeriodicTask {
  readonly name = 'remove old tombstones';
  readonly everyMs = 3_600_000;

  constructor(
    private readonly statements: Statements,
    private readonly config: Config,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    await whileMore(signal, async () => {
      const users = await this.statements.run(REMOVE, [this.config.SYNC_TOMBSTONE_DAYS]);
      return users.length > 0;
    });
  }
}
