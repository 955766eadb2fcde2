import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As before: numbers what has changed, and writes the feed. */
const RECORD = `
  create or replace function record_changes() returns trigger language plpgsql as $$
  declare
    ids uuid[];
    owners uuid[];
  begin
    if tg_op = 'UPDATE' then
      select array_agg(c.id order by c.seq, c.id), array_agg(c.user_id order by c.seq, c.id) into ids, owners
      from changed c join former f on f.id = c.id where c.seq <> f.seq;
    else
      select array_agg(c.id order by c.seq, c.id), array_agg(c.user_id order by c.seq, c.id) into ids, owners
      from changed c;
    end if;
    if ids is null then
      return null;
    end if;
    with entity as (
      select e.id, e.user_id, row_number() over (partition by e.user_id order by e.position) as step
      from unnest(ids, owners) with ordinality as e(id, user_id, position)
    ),
    owner as (select user_id, count(*) as entities from entity group by user_id),
    numbered as (
      update users u set feed_seq = u.feed_seq + owner.entities
      from owner
      where u.id = owner.user_id and (u.delete_after is null or u.delete_after > now())
      returning u.id as user_id, u.feed_seq - owner.entities as before
    )
    insert into changes as c (user_id, type, entity_id, seq, deleted)
    select entity.user_id, tg_argv[0], entity.id, numbered.before + entity.step, tg_op = 'DELETE'
    from entity join numbered using (user_id)
    on conflict (user_id, type, entity_id) do update
    set seq = excluded.seq, deleted = excluded.deleted, changed_at = excluded.changed_at;
    return null;
  end $$`;

/** The same, and it tells whoever streams the feed of a user who is watched. Of others nothing is told: commits that notify come one after the other, in the whole database. */
const RECORD_AND_TELL = `
  create or replace function record_changes() returns trigger language plpgsql as $$
  declare
    ids uuid[];
    owners uuid[];
    watched integer;
  begin
    if tg_op = 'UPDATE' then
      select array_agg(c.id order by c.seq, c.id), array_agg(c.user_id order by c.seq, c.id) into ids, owners
      from changed c join former f on f.id = c.id where c.seq <> f.seq;
    else
      select array_agg(c.id order by c.seq, c.id), array_agg(c.user_id order by c.seq, c.id) into ids, owners
      from changed c;
    end if;
    if ids is null then
      return null;
    end if;
    with entity as (
      select e.id, e.user_id, row_number() over (partition by e.user_id order by e.position) as step
      from unnest(ids, owners) with ordinality as e(id, user_id, position)
    ),
    owner as (select user_id, count(*) as entities from entity group by user_id),
    numbered as (
      update users u set feed_seq = u.feed_seq + owner.entities
      from owner
      where u.id = owner.user_id and (u.delete_after is null or u.delete_after > now())
      returning u.id as user_id, u.watched_until, u.feed_seq - owner.entities as before
    ),
    written as (
      insert into changes as c (user_id, type, entity_id, seq, deleted)
      select entity.user_id, tg_argv[0], entity.id, numbered.before + entity.step, tg_op = 'DELETE'
      from entity join numbered using (user_id)
      on conflict (user_id, type, entity_id) do update
      set seq = excluded.seq, deleted = excluded.deleted, changed_at = excluded.changed_at
    )
    select count(pg_notify('commonplace_feed', user_id::text)) into watched from numbered where watched_until > now();
    return null;
  end $$`;

/** Until when somebody streams the feed of a user. */
export class FeedWatch1764000017500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table users add column watched_until timestamptz`);
    await runner.query(RECORD_AND_TELL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(RECORD);
    await runner.query(`alter table users drop column watched_until`);
  }
}
