import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Former states of notes. A trigger keeps them, so that no statement can forget it. Edits of one client fold: what it changes within a minute of the edit that kept
 * a state keeps no other. The minute begins with that edit, not with the last one, so that somebody who writes for an hour has a state a minute.
 */
export class Revisions1764000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table revisions (
        note_id uuid not null references notes on delete cascade,
        version integer not null,
        user_id uuid not null references users on delete cascade,
        title text,
        body text,
        url text,
        client_id uuid,
        created_at timestamptz(3) not null,
        replaced_at timestamptz(3) not null default now(),
        primary key (note_id, version)
      )`);
    await runner.query(`create index revisions_user_id_idx on revisions (user_id, note_id, version)`);
    await runner.query(`create index revisions_replaced_at_idx on revisions (replaced_at)`);
    await runner.query(`create index notes_deleted_at_idx on notes (deleted_at) where deleted_at is not null`);
    // Two steps: notes that are there say nothing, rather than that they were written now.
    await runner.query(`alter table notes add column text_at timestamptz(3), add column text_by uuid`);
    await runner.query(`alter table notes alter column text_at set default now()`);
    await runner.query(`
      create function keep_revision() returns trigger language plpgsql as $$
      declare
        client uuid := nullif(current_setting('commonplace.client', true), '')::uuid;
      begin
        if client = old.text_by and now() < old.text_at + interval '1 minute' then
          return new;
        end if;
        insert into revisions (note_id, version, user_id, title, body, url, client_id, created_at)
        values (old.id, old.version, old.user_id, old.title, old.body, old.url, old.text_by, coalesce(old.text_at, old.updated_at))
        -- Only when somebody wrote by hand and left the version: that folds, rather than stand in the way of every edit to come.
        on conflict do nothing;
        new.text_at := now();
        new.text_by := client;
        return new;
      end $$`);
    await runner.query(`
      create trigger notes_text_changed before update of title, body, url on notes for each row
      when ((old.title, old.body, old.url) is distinct from (new.title, new.body, new.url))
      execute function keep_revision()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger notes_text_changed on notes`);
    await runner.query(`drop function keep_revision()`);
    await runner.query(`drop index notes_deleted_at_idx`);
    await runner.query(`alter table notes drop column text_by, drop column text_at`);
    await runner.query(`drop table revisions`);
  }
}
