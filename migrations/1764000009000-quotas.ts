import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each user keeps and may keep. The counters begin with what is there: until the commit, `alter table` keeps everybody who writes notes waiting. */
export class Quotas1764000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table users
        add column note_limit integer check (note_limit >= 0),
        add column byte_limit bigint check (byte_limit >= 0),
        add column note_count integer not null default 0,
        add column note_bytes bigint not null default 0`);
    await runner.query(`
      update users set note_count = kept.notes, note_bytes = kept.bytes
      from (
        select user_id, count(*) as notes,
          sum(coalesce(octet_length(title), 0) + coalesce(octet_length(body), 0) + coalesce(octet_length(url), 0)) as bytes
        from notes group by user_id
      ) as kept
      where kept.user_id = users.id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table users
        drop column note_limit, drop column byte_limit, drop column note_count, drop column note_bytes`);
  }
}
