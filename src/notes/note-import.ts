import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../common/uuid';
import { exceeded, type QuotaExceededError } from '../users/quota';
import { QuotasService } from '../users/quotas.service';
import { writeLinks } from './links/link-writes';
import { mayLink } from './links/links-in';
import { deriveFields, type DerivedFields, noteBytes, type NoteFields, tidyNote } from './note-fields';
import { type LanguageFields, languageOf, saidLanguage, withLanguage } from './languages/note-language';
import { lockUser } from './note-writes';
import { NotebookPlaces } from './notebooks/notebook-places';
import { NotebookTree } from './notebooks/notebook-tree';
import { tagKey } from './tag-name';

export interface ImportedFields extends Omit<NoteFields, 'notebookId' | 'language' | 'isLanguageSet'> {
  /** Where the file says which it is. */
  language?: string;
  createdAt: Date;
  updatedAt: Date;
  /** Names of the notebooks on the way to its own, from the outside in; those that are missing are made. Absent or empty: in none. */
  folders?: string[];
}

type ImportedRow = Omit<ImportedFields, 'language'> &
  LanguageFields &
  DerivedFields & { id: string; notebookId: string | null };

/** What became of a note: added; there already, or earlier in the list; or refused, and why. */
export type ImportOutcome = 'added' | 'duplicate' | QuotaExceededError;

/**
 * Notes to add, one array a column. What is there already stays out: a live bookmark of the address, or a live note with the same title and text. Of the others, those are added that
 * come before the first for which there is no room; the numbers of the user's sequence are taken for them only. So are notebooks made (`planned`, with numbers before those of the
 * notes): an import of what is there already makes none. The user is locked, so the row that is read is the one that is written.
 * The look-ups are scalar subqueries, one index probe a note: an anti-join would read all notes of the user for every batch.
 */
const INSERT_NOTES = `
  with recursive given as (
    select * from unnest(
      $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[], $9::boolean[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[],
      $14::uuid[], $15::integer[], $22::text[], $23::boolean[]
    ) with ordinality as g(
      id, title, title_key, body, url, url_key, url_host, pinned, archived_at, created_at, updated_at, tags, notebook_id, bytes, language, language_set, position
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
  numbered as (
    select c.*, row_number() over list as step, sum(c.bytes) over list as size
    from checked c where c.existing is null
    window list as (order by c.position)
  ),
  fresh as (
    select n.*,
      (u.note_count + n.step <= nullif(coalesce(u.note_limit, $16::integer), 0)) is not false
        and (u.note_bytes + n.size <= nullif(coalesce(u.byte_limit, $17::bigint), 0)) is not false as fits
    from numbered n join users u on u.id = $1
  ),
  planned as (
    select * from unnest($18::uuid[], $19::uuid[], $20::text[], $21::text[]) with ordinality as p(id, parent_id, name, name_key, position)
    where not exists (select from notebooks n where n.id = p.id)
  ),
  needed as (
    select p.* from planned p where p.id in (select f.notebook_id from fresh f where f.fits)
    union
    select p.* from planned p join needed n on n.parent_id = p.id
  ),
  notebook as (select n.*, row_number() over (order by n.position) as step from needed n),
  taken as (
    select (select count(*) from notebook) as notebooks, count(*) as notes, coalesce(sum(bytes), 0) as bytes, coalesce(array_agg(language), '{}') as languages
    from fresh where fits
  ),
  bumped as (
    update users u
    set change_seq = u.change_seq + taken.notebooks + taken.notes, note_count = u.note_count + taken.notes, note_bytes = u.note_bytes + taken.bytes,
      note_languages = count_languages(u.note_languages, taken.languages)
    from taken
    where u.id = $1
    returning u.change_seq - taken.notebooks - taken.notes as before, taken.notebooks
  ),
  made as (
    insert into notebooks (id, user_id, parent_id, name, name_key, seq)
    select b.id, $1, b.parent_id, b.name, b.name_key, bumped.before + b.step from notebook b cross join bumped
  ),
  added as (
    insert into notes (
      id, user_id, title, title_key, body, url, url_key, url_host, pinned, archived_at, created_at, updated_at, text_at, notebook_id, seq, search,
      language, language_set
    )
    select f.id, $1, f.title, f.title_key, f.body, f.url, f.url_key, f.url_host, f.pinned, f.archived_at, f.created_at, f.updated_at, f.updated_at, f.notebook_id,
      bumped.before + bumped.notebooks + f.step, note_search_vector(f.title, f.tags, f.url_host, f.body, f.language),
      f.language, f.language_set
    from fresh f cross join bumped where f.fits
  )
  select id, fits from fresh`;

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
  constructor(private readonly quotas: QuotasService) {}

  /**
   * Adds those of `notes` that the user does not have yet, in the caller's transaction, as far as there is room: in their order, and passing over those that do not fit. A handful of
   * statements whatever their number.
   * @returns for each note, in order, what became of it; one that is the same as an earlier one of the list shares its refusal.
   * @throws ValidationFailedError for fields that no note can have: the caller checks them first with `tidyNote` and `deriveFields`.
   */
  async add(manager: EntityManager, userId: string, notes: ImportedFields[]): Promise<ImportOutcome[]> {
    const languages = await Promise.all(notes.map(languageOfImported));
    await lockUser(manager, userId);
    const places = await placesFor(manager, userId, notes);
    const rows = notes.map((given, at) => {
      const note = tidyNote({ ...given, ...(languages[at] ?? saidLanguage(null)) });
      return { ...note, ...deriveFields(note), id: newId(), notebookId: places.find(given.folders ?? []) };
    });
    const firsts = new Map<string, ImportedRow>();
    for (const row of rows) if (!firsts.has(sameAs(row))) firsts.set(sameAs(row), row);
    const distinct = [...firsts.values()];
    const found = await this.insert(manager, userId, distinct, places);
    const refused = await this.fillUp(
      manager,
      userId,
      places,
      distinct.filter(({ id }) => found.get(id) === false),
    );
    const isAdded = ({ id }: ImportedRow): boolean => found.has(id) && !refused.has(id);
    const added = distinct.filter(isAdded);
    await this.insertTags(manager, userId, added);
    await writeLinks(
      manager,
      userId,
      added.filter(({ body }) => mayLink(body)),
    );
    return rows.map((row) => {
      const refusal = refused.get(firsts.get(sameAs(row))?.id ?? row.id);
      return refusal ?? (isAdded(row) ? 'added' : 'duplicate');
    });
  }

  /**
   * Lets the planner know that tables have grown. Autovacuum does so within a minute; until then a table that was empty is taken for small, and statements
   * read all notes of a user where they should probe an index.
   */
  async refreshStatistics(manager: EntityManager): Promise<void> {
    await manager.query('analyze notes, note_tags, tags');
  }

  /**
   * Adds those of `rows` that fit: they come after one that does not.
   * @returns why the others do not, by id.
   */
  private async fillUp(
    manager: EntityManager,
    userId: string,
    places: NotebookPlaces,
    rows: ImportedRow[],
  ): Promise<Map<string, QuotaExceededError>> {
    const refused = new Map<string, QuotaExceededError>();
    const quota = rows.length === 0 ? null : await this.quotas.read(manager, userId);
    if (quota === null) return refused;
    const fitting = rows.filter((row) => {
      const growth = { notes: 1, bytes: noteBytes(row) };
      const refusal = exceeded(quota, growth);
      if (refusal !== undefined) {
        refused.set(row.id, refusal);
        return false;
      }
      quota.notes.used += growth.notes;
      quota.bytes.used += growth.bytes;
      return true;
    });
    if (fitting.length > 0) await this.insert(manager, userId, fitting, places);
    return refused;
  }

  /** @returns for those that the user does not have yet, by id, whether there was room for all up to it: then it was added. */
  private async insert(
    manager: EntityManager,
    userId: string,
    rows: ImportedRow[],
    places: NotebookPlaces,
  ): Promise<Map<string, boolean>> {
    const column = <T>(pick: (row: ImportedRow) => T): T[] => rows.map(pick);
    const { defaults } = this.quotas;
    const found = await manager.query<{ id: string; fits: boolean }[]>(INSERT_NOTES, [
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
      column(noteBytes),
      defaults.notes,
      defaults.bytes,
      places.planned.map((notebook) => notebook.id),
      places.planned.map((notebook) => notebook.parent_id),
      places.planned.map((notebook) => notebook.name),
      places.planned.map((notebook) => notebook.name_key),
      column((row) => row.language),
      column((row) => row.isLanguageSet),
    ]);
    return new Map(found.map(({ id, fits }) => [id, fits]));
  }

  private async insertTags(manager: EntityManager, userId: string, rows: ImportedRow[]): Promise<void> {
    const links = rows.flatMap((row) => row.tags.map((name) => ({ noteId: row.id, name })));
    if (links.length === 0) return;
    await manager.query(INSERT_TAGS, [
      userId,
      links.map((link) => link.noteId),
      links.map(() => newId()),
      links.map((link) => link.name),
      links.map((link) => tagKey(link.name)),
    ]);
  }
}

async function languageOfImported({ title, body, language }: ImportedFields): Promise<LanguageFields> {
  return languageOf(await withLanguage({ title, body, ...saidLanguage(language ?? null) }));
}

/** What two notes of an import have in common when one of them is enough. */
function sameAs({ urlKey, title, body }: ImportedRow): string {
  return urlKey?.toString('hex') ?? JSON.stringify([title, body]);
}

/** The notebooks of the user, read only when some note goes into one. */
async function placesFor(manager: EntityManager, userId: string, notes: ImportedFields[]): Promise<NotebookPlaces> {
  const anyFolder = notes.some(({ folders = [] }) => folders.length > 0);
  return new NotebookPlaces(anyFolder ? await NotebookTree.load(manager, userId) : new NotebookTree());
}
