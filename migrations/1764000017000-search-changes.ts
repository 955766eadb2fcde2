import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Saved searches in the feed of changes. */
export class SearchChanges1764000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // First, as whoever writes searches locks their user first: else the two would wait for each other.
    await runner.query(`lock table users in exclusive mode`);
    await runner.query(`
      create trigger searches_inserted after insert on searches referencing new table as changed
      for each statement execute function record_changes('search')`);
    await runner.query(`
      create trigger searches_updated after update on searches referencing old table as former new table as changed
      for each statement execute function record_changes('search')`);
    await runner.query(`
      create trigger searches_deleted after delete on searches referencing old table as changed
      for each statement execute function record_changes('search')`);
    // At the end of each feed, where clients that have read it find them.
    await runner.query(`
      with owner as (select user_id, count(*) as searches from searches group by user_id),
      numbered as (
        update users u set feed_seq = u.feed_seq + owner.searches from owner where u.id = owner.user_id
        returning u.id as user_id, u.feed_seq - owner.searches as before
      )
      insert into changes (user_id, type, entity_id, seq, changed_at)
      select s.user_id, 'search', s.id, n.before + row_number() over (partition by s.user_id order by s.seq, s.id), s.updated_at
      from searches s join numbered n using (user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const event of ['inserted', 'updated', 'deleted'])
      await runner.query(`drop trigger searches_${event} on searches`);
    await runner.query(`delete from changes where type = 'search'`);
  }
}
