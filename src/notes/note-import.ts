import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../common/uuid';
import { deriveFields, type NoteFields, tidyNote } from './note-fields';
import { lockUser } from './note-writes';
import { tagKey } from './tag-name';

export interface ImportedFields extends NoteFields {
  createdAt: Date;
  updatedAt: Date;
}

/**
 * Notes to add, one array a column; `index` says which. What is there already stays out: a live bookmark of the address, or a live note with the same title and text. The numbers of the
 * user's sequence are taken for those that are really added.
 * The look-ups are scalar subqueries, one index probe a note: an anti-join would read all notes of the user for every batch.
 */
const INSERT_NOTES = `
  with given as (
    select * from unnest(
      $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[], $9::boolean[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[]
    ) with ordinality as g(id, title, title_key, body, url, url_key, url_host, pinned, archived_at, created_at, updated_at, tags, position)
  ),
  checked as (
    select g.*, case when g.url_key is null
      then (
        select d.id from notes d
        where d.user_id = $1 and d.deleted_at is null and d.url is null
          and d.title_key = g.title_key and d.title is not distinct from g.title and d.body is not distinct from g.body
        limit 1
      )
      else (select d.id from notes d where d.user_id = $1 and d.deleted_at is null and d.url_key = g.url_key limit 1)
    end as existing
    from given g
  ),
  fresh as (select c.*, row_number() over (order by c.position) as step from checked c where c.existing is null),
  bumped as (
    update users set change_seq = change_seq + (select count(*) from fresh) where id = $1
    returning change_seq - (select count(*) from fresh) as before
  )
  insert into notes (id, user_id, title, title_key, body, url, url_key, url_host, pinned, archived_at, created_at, updated_at, seq, search)
  select f.id, $1, f.title, f.title_key, f.body, f.url, f.url_key, f.url_host, f.pinned, f.archived_at, f.created_at, f.updated_at,
    bumped.before + f.step, note_search_vector(f.title, f.tags, f.url_host, f.body)
  from fresh f cross join bumped
  returning id`;

/** $1 the user; pairs of note and tag name. */
const INSERT_TAGS = `
  with given as (select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as g(note_id, id, name, name_key)),
  named as (select distinct on (name_key) id, name, name_key from given order by name_key),
  tag as (
    insert into tags (id, user_id, name, name_key) select id, $1, name, name_key from named
    on conflict (user_id, name_key) do update set name_key = excluded.name_key
    returning id, name_key
  )
  insert into note_tags (note_id, tag_id, created_at)
  select g.note_id, tag.id, n.created_at from given g join tag using (name_key) join notes n on n.id = g.note_id`;

/** Adds many notes at once, for imports. */
@Injectable()
export class NoteImport {
  /**
   * Adds those of `notes` that the user does not have yet, in the caller's transaction, with two statements whatever their number.
   * @returns for each note, in order, whether it was added; false: it is a duplicate of one that is there, or of an earlier one of the list.
   * @throws ValidationFailedError for fields that no note can have: the caller checks them first with `tidyNote` and `deriveFields`.
   */
  async add(manager: EntityManager, userId: string, notes: ImportedFields[]): Promise<boolean[]> {
    await lockUser(manager, userId);
    const rows = notes.map((given) => {
      const note = { ...given, ...tidyNote(given) };
      return { ...note, ...deriveFields(note), id: newId() };
    });
    const first = new Map<string, string>();
    for (const row of rows) {
      const key = row.urlKey?.toString('hex') ?? JSON.stringify([row.title, row.body]);
      if (!first.has(key)) first.set(key, row.id);
    }
    const firstIds = new Set(first.values());
    const distinct = rows.filter((row) => firstIds.has(row.id));
    const column = <T>(pick: (row: (typeof rows)[number]) => T): T[] => distinct.map(pick);
    const inserted = await manager.query<{ id: string }[]>(INSERT_NOTES, [
      userId,
      column((row) => row.id),
      column((row) => row.title),
      column((row) => row.titleKey),
      column((row) => row.body),
      column((row) => row.url),
      column((row) => row.urlKey),
      column((row) => row.urlHost),
      column((row) => row.pinned),
      column((row) => row.archivedAt),
      column((row) => row.createdAt),
      column((row) => row.updatedAt),
      column((row) => row.tags.join(' ')),
    ]);
    const added = new Set(inserted.map(({ id }) => id));
    const links = distinct
      .filter((row) => added.has(row.id))
      .flatMap((row) => row.tags.map((name) => ({ noteId: row.id, name })));
    if (links.length > 0) {
      await manager.query(INSERT_TAGS, [
        userId,
        links.map((link) => link.noteId),
        links.map(() => newId()),
        links.map((link) => link.name),
        links.map((link) => tagKey(link.name)),
      ]);
    }
    return rows.map((row) => added.has(row.id));
  }

  /**
   * Lets the planner know that tables have grown. Autovacuum does so within a minute; until then a table that was empty is taken for small, and statements
   * read all notes of a user where they should probe an index.
   */
  async refreshStatistics(manager: EntityManager): Promise<void> {
    await manager.query('analyze notes, note_tags, tags');
  }
}
