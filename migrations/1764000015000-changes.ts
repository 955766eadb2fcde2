import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What clients synchronise, by table. */
const TYPES = { notes: 'note', notebooks: 'notebook', tags: 'tag' };

/** The feed of changes: one row an entity, at the number of its last change. Written by triggers, so that no statement can forget it. */
export class Changes1764000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table users
        add column feed_seq bigint not null default 0,
        add column changes_floor bigint not null default 0`);
    await runner.query(`
      create table changes (
        user_id uuid not null references users on delete cascade,
        type text not null,
        entity_id uuid not null,
        seq bigint not null,
        deleted boolean not null default false,
        changed_at timestamptz(3) not null default now(),
        primary key (user_id, type, entity_id)
      )`);
    await this.fill(runner);
    await runner.query(`create unique index changes_seq_idx on changes (user_id, type, seq)`);
    await runner.query(`create index changes_tombstones_idx on changes (changed_at) where deleted`);
    await this.functions(runner);
    for (const [table, type] of Object.entries(TYPES)) {
      await runner.query(`
        create trigger ${table}_inserted after insert on ${table} referencing new table as changed
        for each statement execute function record_changes('${type}')`);
      await runner.query(`
        create trigger ${table}_updated after update on ${table} referencing old table as former new table as changed
        for each statement execute function record_changes('${type}')`);
      await runner.query(`
        create trigger ${table}_deleted after delete on ${table} referencing old table as changed
        for each statement execute function record_changes('${type}')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(TYPES)) {
      for (const event of ['inserted', 'updated', 'deleted'])
        await runner.query(`drop trigger ${table}_${event} on ${table}`);
    }
    await runner.query(`drop function record_changes()`);
    await runner.query(`drop table changes`);
    await runner.query(`alter table users drop column changes_floor, drop column feed_seq`);
  }

  /** What is there, in the order of its last changes. */
  private async fill(runner: QueryRunner): Promise<void> {
    const all = Object.entries(TYPES).map(
      ([table, type]) => `select user_id, '${type}' as type, id, seq, updated_at from ${table}`,
    );
    await runner.query(`
      insert into changes (user_id, type, entity_id, seq, changed_at)
      select user_id, type, id, row_number() over (partition by user_id order by seq, type desc, id), updated_at
      from (${all.join(' union all ')}) entity`);
    await runner.query(`
      update users u set feed_seq = last.seq
      from (select user_id, max(seq) as seq from changes group by user_id) last where u.id = last.user_id`);
  }

  /**
   * The feed has numbers of its own, taken from the user's row, which whoever writes has locked: a note and the tags made with it have one `seq`. An update that
   * leaves `seq` alone changes nothing that clients see. Of an account that is being deleted, nobody reads the feed any more.
   */
  private async functions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function record_changes() returns trigger language plpgsql as $$
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
      end $$`);
  }
}
