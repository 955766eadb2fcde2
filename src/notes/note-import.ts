import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../common/uuid';
import { deriveFields, type NoteFields, tidyNote } from './note-fields';
import { lockUser } from './note-writes';
import { NotebookPlaces } from './notebooks/notebook-places';
import { NotebookTree } from './notebooks/notebook-tree';
import { tagKey } from './tag-name';

export interface ImportedFields extends Omit<NoteFields, 'notebookId'> {
  createdAt: Date;
  updatedAt: Date;
  /** Names of the notebooks on the way to its own, from the outside in; those that are missing are made. Absent or empty: in none. */
  folders?: string[];
}

/**
 * Notes to add, one array a column; `index` says which. What is there already stays out: a live bookmark of the address, or a live note with the same title and text. The numbers of the
 * user's sequence are taken for those that are really added. So are notebooks made (`planned`, with numbers before those of the notes): an import of what is
 * there already makes none.
 * The look-ups are scalar subqueries, one index probe a note: an anti-join would read all notes of the user for every batch.
 */
const INSERT_NOTES = `
  with recursive given as (
    select * from unnest(
      $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[], $9::boolean[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[],
      $14::uuid[]
    ) with ordinality as g(
      id, title, title_key, body, url, url_key, url_host, pinned, archived_at, created_at, updated_at, tags, notebook_id, position
    )
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
  planned as (select * from unnest($15::uuid[], $16::uuid[], $17::text[], $18::text[]) with ordinality as p(id, parent_id, name, name_key, position)),
  needed as (
    select p.* from planned p where p.id in (select f.notebook_id from fresh f)
    union
    select p.* from planned p join needed n on n.parent_id = p.id
  ),
  notebook as (select n.*, row_number() over (order by n.position) as step from needed n),
  counted as (select (select count(*) from notebook) as notebooks, (select count(*) from fresh) as notes),
  bumped as (
    update users set change_seq = change_seq + counted.notebooks + counted.notes from counted where id = $1
    returning change_seq - counted.notebooks - counted.notes as before, counted.notebooks
  ),
  made as (
    insert into notebooks (id, user_id, parent_id, name, name_key, seq)
    select b.id, $1, b.parent_id, b.name, b.name_key, bumped.before + b.step from notebook b cross join bumped
  )
  insert into notes (
    id, user_id, title, title_key, body, url, url_key, url_host, pinned, archived_at, created_at, updated_at, notebook_id, seq, search
  )
  select f.id, $1, f.title, f.title_key, f.body, f.url, f.url_key, f.url_host, f.pinned, f.archived_at, f.created_at, f.updated_at, f.notebook_id,
    bumped.before + bumped.notebooks + f.step, note_search_vector(f.title, f.tags, f.url_host, f.body)
  from fresh f cross join bumped
  returning id`;

/** $1 the user; pairs of note and tag name. */
const INSERT_TAGS = `
  with given as (select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as g(note_id, id, name, name_key)),
  named as (select distinct on (name_key) id, name, name_key from given order by name_key),
  tag as (
    insert into tags (id, user_id, name, name_key, seq)
    select named.id, $1, named.name, named.name_key, u.change_seq from named cross join users u where u.id = $1
    on conflict (user_id, name_key) do update set name_key = excluded.name_key
    returning id, name_key
  )
  insert into note_tags (note_id, tag_id, created_at)
  select g.note_id, tag.id, n.created_at from given g join tag using (name_key) join notes n on n.id = g.note_id`;

/** Adds many notes at once, for imports. */
@Injectable()
export class NoteImport {
  /**
   * Adds those of `notes` that the user does not have yet, in the caller's transaction, with a few statements whatever their number.
   * @returns for each note, in order, whether it was added; false: it is a duplicate of one that is there, or of an earlier one of the list.
   * @throws ValidationFailedError for fields that no note can have: the caller checks them first with `tidyNote` and `deriveFields`.
   */
  async add(manager: EntityManager, userId: string, notes: ImportedFields[]): Promise<boolean[]> {
    await lockUser(manager, userId);
    const places = await placesFor(manager, userId, notes);
    const rows = notes.map((given) => {
      const note = tidyNote(given);
      return { ...note, ...deriveFields(note), id: newId(), notebookId: places.find(given.folders ?? []) };
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
      column((row) => row.notebookId),
      places.planned.map((notebook) => notebook.id),
      places.planned.map((notebook) => notebook.parent_id),
      places.planned.map((notebook) => notebook.name),
      places.planned.map((notebook) => notebook.name_key),
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

/** The notebooks of the user, read only when some note goes into one. */
async function placesFor(manager: EntityManager, userId: string, notes: ImportedFields[]): Promise<NotebookPlaces> {
  const anyFolder = notes.some(({ folders = [] }) => folders.length > 0);
  return new NotebookPlaces(anyFolder ? await NotebookTree.load(manager, userId) : new NotebookTree());
}
