import type { Statement } from '../../database/statements';

/** Notifications have this channel, and the user's id. Said by a trigger, when the feed is written. */
export const FEED_CHANNEL = 'commonplace_feed';

export interface FeedEnd {
  id: string;
  /** bigint, as pg gives it. */
  feed_seq: string;
  is_watched: boolean;
}

/** $1 users: where their feeds end, and whether they are still watched for long enough to be asked again. */
export const FEED_ENDS: Statement = {
  name: 'feed-ends',
  quick: true,
  text: `
    select id, feed_seq, coalesce(watched_until > now() + interval '75 seconds', false) as is_watched
    from users where id = any($1::uuid[])`,
};

/**
 * $1 users: watches them for 150 s. Whoever writes has the row locked: such a user is left to the next time, since nobody is to wait here, nor to hold up whoever writes.
 */
export const WATCH_USERS: Statement = {
  name: 'watch-users',
  text: `
    update users set watched_until = now() + interval '150 seconds'
    where id in (select id from users where id = any($1::uuid[]) for no key update skip locked)`,
};
