import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links to notes for people without an account, and their triggers for the feed of changes. */
export class Shares1764000019000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // First, as whoever writes notes locks their user first: else the two would wait for each other.
    await runner.query(`lock table users in exclusive mode`);
    await runner.query(`
      create table shares (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        note_id uuid not null references notes on delete cascade,
        hash bytea not null,
        password_hash text,
        expires_at timestamptz(3),
        view_count bigint not null default 0,
        last_viewed_at timestamptz(3),
        version integer not null default 1,
        seq bigint not null,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint shares_hash_key unique (hash)
      )`);
    await runner.query(`create index shares_user_id_idx on shares (user_id, id)`);
    await runner.query(`create index shares_note_id_idx on shares (note_id, id)`);
    await runner.query(`
      create trigger shares_inserted after insert on shares referencing new table as changed
      for each statement execute function record_changes('share')`);
    await runner.query(`
      create trigger shares_updated after update on shares referencing old table as former new table as changed
      for each statement execute function record_changes('share')`);
    await runner.query(`
      create trigger shares_deleted after delete on shares referencing old table as changed
      for each statement execute function record_changes('share')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table shares`);
    await runner.query(`delete from changes where type = 'share'`);
  }
}
