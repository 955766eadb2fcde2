import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notes and bookmarks, their tags, and what finds them. */
export class Notes1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table notes (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        title text check (char_length(title) <= 500),
        title_key text collate "C" not null check (char_length(title_key) <= 100),
        body text check (octet_length(body) <= 1048576),
        url text check (char_length(url) <= 2048),
        url_key bytea,
        url_host text,
        pinned boolean not null default false,
        archived_at timestamptz(3),
        deleted_at timestamptz(3),
        version integer not null default 1,
        seq bigint not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        search tsvector not null,
        constraint notes_not_empty check (num_nonnulls(title, body, url) > 0),
        constraint notes_url_whole check (num_nonnulls(url, url_key, url_host) in (0, 3))
      )`);
    await runner.query(`
      create table tags (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        name text not null check (char_length(name) between 1 and 100),
        name_key text collate "C" not null,
        created_at timestamptz(3) not null default now(),
        constraint tags_name_key unique (user_id, name_key)
      )`);
    await runner.query(`
      create table note_tags (
        note_id uuid not null references notes on delete cascade,
        tag_id uuid not null references tags on delete cascade,
        created_at timestamptz(3) not null,
        primary key (note_id, tag_id)
      )`);
    // Kept in the row where it fits: a search reads thousands of them, and out of line each costs five times as much.
    await runner.query(`alter table notes alter column search set storage main`);
    // Enough for the planner to know common tags of many users from rare ones.
    await runner.query(`alter table note_tags alter column tag_id set statistics 1000`);
    await runner.query(`create index note_tags_tag_id_idx on note_tags (tag_id, created_at, note_id)`);
    await this.indexes(runner);
    await this.searchFold(runner);
    await this.searchVector(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table note_tags`);
    await runner.query(`drop table tags`);
    await runner.query(`drop table notes`);
    await runner.query(`drop function note_search_vector(text, text, text, text)`);
    await runner.query(`drop function search_fold(text)`);
  }

  private async indexes(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create unique index notes_url_key_key on notes (user_id, url_key) where deleted_at is null and url_key is not null`);
    const partial: Record<string, [columns: string, condition: string]> = {
      notes_created_at_idx: ['created_at', 'deleted_at is null'],
      notes_updated_at_idx: ['updated_at', 'deleted_at is null'],
      notes_title_idx: ['title_key', 'deleted_at is null'],
      notes_trash_idx: ['created_at', 'deleted_at is not null'],
      notes_pinned_idx: ['created_at', 'pinned and deleted_at is null'],
      notes_archived_idx: ['created_at', 'archived_at is not null and deleted_at is null'],
      notes_plain_idx: ['created_at', 'url is null and deleted_at is null'],
      notes_bookmark_idx: ['created_at', 'url is not null and deleted_at is null'],
    };
    for (const [name, [column, condition]] of Object.entries(partial)) {
      await runner.query(`create index ${name} on notes (user_id, ${column}, id) where ${condition}`);
    }
    // A short pending list: it is read through by every search.
    await runner.query(
      `create index notes_search_idx on notes using gin (user_id, search) with (gin_pending_list_limit = 256)`,
    );
  }

  /**
   * What is done to text before it is split into words, in notes and in searches alike.
   *
   * Case and accents are folded here although the configuration folds them too: a word that only becomes too long for a tsvector (2,046 bytes) by that, such as
   * "Ⅷ" (viii) 512 times, is written by `to_tsvector` as a broken value, on which PostgreSQL 18 crashes. Folded first, it is left out.
   *
   * The punctuation is what the parser joins words by, to host names, files, addresses, tags, compounds and numbers: "TCP/IP", "report.pdf" and
   * "<https://example.org>" are to be found by each of their words. Quotes and backslashes go with it: a prefix search quotes what this returns.
   */
  private async searchFold(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function search_fold(value text) returns text
      language sql immutable strict parallel safe
      return translate(unaccent(lower(value)), '/<>&@.:-+''\\', '           ')`);
  }

  /**
   * A tsvector holds at most 1 MB, which a body of 1 MiB of distinct words exceeds: then as much of its beginning is indexed as fits.
   * Short bodies skip the exception block, which costs a subtransaction.
   */
  private async searchVector(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function note_search_vector(title text, tags text, host text, body text) returns tsvector
      language plpgsql immutable parallel safe as $$
      declare
        head tsvector := setweight(to_tsvector('commonplace', search_fold(coalesce(title, ''))), 'A')
          || setweight(to_tsvector('commonplace', search_fold(concat_ws(' ', tags, host))), 'B');
        part text := search_fold(coalesce(body, ''));
      begin
        if octet_length(part) < 200000 then
          return head || setweight(to_tsvector('commonplace', part), 'C');
        end if;
        loop
          begin
            return head || setweight(to_tsvector('commonplace', part), 'C');
          exception when program_limit_exceeded then
            part := left(part, char_length(part) / 2);
          end;
        end loop;
      end $$`);
  }
}
