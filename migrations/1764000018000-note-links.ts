import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links from note to note, and what finds the note of a title, or of a site. Links of notes that are there are read in the background (`note_link_backlog`). */
export class NoteLinks1764000018000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // First, as whoever writes notes locks their user first: else the two would wait for each other. Until the commit, writers wait for the indexes.
    await runner.query(`lock table users in exclusive mode`);
    // As the server compares names of tags and notebooks. A hash, since a folded title of 500 characters does not fit a B-tree row. `convert_to` counts as stable; of one
    // encoding it is not.
    await runner.query(`
      create function link_key(title text) returns bytea
      language plpgsql immutable strict parallel safe as $$
      begin
        return sha256(convert_to(btrim(regexp_replace(normalize(lower(normalize(title, NFKC)), NFKC), '\\s+', ' ', 'g')), 'UTF8'));
      end $$`);
    await runner.query(`
      create index notes_link_key_idx on notes (user_id, link_key(title), created_at, id) where title is not null and deleted_at is null`);
    await runner.query(`
      create index notes_url_host_idx on notes (user_id, url_host, created_at, id) where url_host is not null and deleted_at is null`);
    await runner.query(`
      create table note_links (
        note_id uuid not null references notes on delete cascade,
        target_key bytea not null,
        user_id uuid not null references users on delete cascade,
        target text not null check (char_length(target) between 1 and 500),
        target_id uuid,
        position smallint not null,
        created_at timestamptz(3) not null,
        primary key (note_id, target_key)
      )`);
    await runner.query(`
      create index note_links_target_key_idx on note_links (user_id, target_key, created_at, note_id)`);
    await runner.query(`
      create table note_link_backlog (
        user_id uuid primary key references users on delete cascade,
        seq bigint not null default 0
      )`);
    await runner.query(`insert into note_link_backlog (user_id) select id from users where change_seq > 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table note_link_backlog`);
    await runner.query(`drop table note_links`);
    await runner.query(`drop index notes_url_host_idx`);
    await runner.query(`drop index notes_link_key_idx`);
    await runner.query(`drop function link_key(text)`);
  }
}
