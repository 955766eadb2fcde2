import type { Statement } from '../../database/statements';
import type { ChangeType } from './change-types';

/** A row of the feed beside how far it goes; without `type`, there is no change to show. */
export interface ChangeRow {
  /** bigint, as pg gives it. */
  feed_seq: string;
  changes_floor: string;
  seq: string;
  type: ChangeType | null;
  entity_id: string;
  deleted: boolean;
  changed_at: Date;
}

/** $1 the user: the number of the last change. */
export const FEED_END: Statement = {
  name: 'feed-end',
  quick: true,
  text: 'select feed_seq from users where id = $1',
};

/**
 * $1 the user, $2 after which number, $3 types, $4 how many: the next changes in order, of each type those that may be among them. One statement, so that all of
 * it is of one moment: what is not there yet has a number above `feed_seq`.
 */
export const LIST_CHANGES: Statement = {
  name: 'list-changes',
  quick: true,
  text: `
    select u.feed_seq, u.changes_floor, c.*
    from users u left join lateral (
      select found.* from unnest($3::text[]) as asked(type) cross join lateral (
        select c.seq, c.type, c.entity_id, c.deleted, c.changed_at from changes c
        where c.user_id = u.id and c.type = asked.type and c.seq > $2
        order by c.seq limit $4
      ) found
      order by found.seq limit $4
    ) c on true
    where u.id = $1
    order by c.seq`,
};
