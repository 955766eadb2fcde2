import type { EntityManager } from 'typeorm';
import { newId } from '../common/uuid';
import type { Statement } from '../database/statements';
import type { DerivedFields, NoteFields } from './note-fields';
import { NOTE_COLUMNS, NOTE_ROW_TO_WRITE, type NoteRow } from './note-row';
import { tagKey } from './tag-name';

/**
 * Tags by name, made where missing. `do update` rather than `do nothing`: it also returns a tag that another transaction has just made. The user's row is locked
 * first (`bumped`), so that two writers of one user never wait for each other's tags.
 */
const TAGS = `
  tag as (
    insert into tags (id, user_id, name, name_key, seq)
    select w.id, $2, w.name, w.name_key, bumped.change_seq
    from unnest($15::uuid[], $16::text[], $17::text[]) as w(id, name, name_key) cross join bumped
    on conflict (user_id, name_key) do update set name_key = excluded.name_key
    returning id, name, name_key
  )`;

const BUMPED = `bumped as (update users set change_seq = change_seq + 1 where id = $2 returning change_seq)`;

const RESULT = `select ${NOTE_COLUMNS}, array(select name from tag order by name_key) as tags from note n`;

/** Makes a note with its tags. No row comes back when there is no such user. */
export const CREATE_NOTE: Statement = {
  name: 'create-note',
  text: `
    with ${BUMPED},
    note as (
      insert into notes (
        id, user_id, title, title_key, body, url, url_key, url_host, pinned, archived_at, deleted_at, version, created_at, updated_at, seq, search, notebook_id
      )
      select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, change_seq, note_search_vector($3, $18, $8, $5), $19::uuid
      from bumped
      returning *
    ),
    ${TAGS},
    link as (insert into note_tags (note_id, tag_id, created_at) select note.id, tag.id, note.created_at from note cross join tag)
    ${RESULT}`,
};

/** Writes a note as a whole, with its tags. The caller has locked the user and the note. Out of the trash, a note has its place back, and need not know it. */
const UPDATE_NOTE = `
  with ${BUMPED},
  note as (
    update notes n
    set title = $3, title_key = $4, body = $5, url = $6, url_key = $7, url_host = $8, pinned = $9, archived_at = $10, deleted_at = $11,
      version = $12, created_at = $13, updated_at = $14, seq = bumped.change_seq, search = note_search_vector($3, $18, $8, $5),
      notebook_id = $19, notebook_path = case when $11::timestamptz is not null then n.notebook_path end
    from bumped
    where n.id = $1 and n.user_id = $2
    returning n.*
  ),
  ${TAGS},
  unlink as (delete from note_tags nt using note where nt.note_id = note.id and nt.tag_id not in (select id from tag)),
  link as (
    insert into note_tags (note_id, tag_id, created_at) select note.id, tag.id, note.created_at from note cross join tag
    on conflict do nothing
  )
  ${RESULT}`;

export interface NoteState extends NoteFields, DerivedFields {
  id: string;
  userId: string;
  deletedAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** The values of `CREATE_NOTE`. */
export function noteValues(note: NoteState): unknown[] {
  return [
    note.id,
    note.userId,
    note.title,
    note.titleKey,
    note.body,
    note.url,
    note.urlKey,
    note.urlHost,
    note.pinned,
    note.archivedAt,
    note.deletedAt,
    note.version,
    note.createdAt,
    note.updatedAt,
    note.tags.map(() => newId()),
    note.tags,
    note.tags.map(tagKey),
    note.tags.join(' '),
    note.notebookId,
  ];
}

export async function updateNote(manager: EntityManager, note: NoteState): Promise<NoteRow> {
  return only(await manager.query<NoteRow[]>(UPDATE_NOTE, noteValues(note)));
}

/** A user whose notes may be written. */
export interface LockedUser {
  id: string;
  /** Whether a change must say which version it is based on. */
  requireIfMatch: boolean;
}

const LOCK_USER = `select id, require_if_match as "requireIfMatch" from users where id = $1 for no key update`;

/**
 * Takes the lock under which all notes of a user are written. First of all locks, so that writers cannot deadlock.
 * @returns undefined when there is no such user.
 */
export async function lockUser(manager: EntityManager, userId: string): Promise<LockedUser | undefined> {
  const [user] = await manager.query<LockedUser[]>(LOCK_USER, [userId]);
  return user;
}

export async function readNote(manager: EntityManager, userId: string, id: string): Promise<NoteRow | undefined> {
  const [row] = await manager.query<NoteRow[]>(
    `select ${NOTE_ROW_TO_WRITE} from notes n where n.id = $1 and n.user_id = $2`,
    [id, userId],
  );
  return row;
}

/** The live bookmark of an address. */
export const FIND_BY_URL: Statement = {
  name: 'find-note-by-url',
  text: `select id from notes where user_id = $1 and url_key = $2 and deleted_at is null`,
};

function only<T>(rows: T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('The statement was expected to return a row');
  return row;
}
