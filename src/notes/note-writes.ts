import type { EntityManager } from 'typeorm';
import { newId } from '../common/uuid';
import type { Statement } from '../database/statements';
import { accountIsGone } from '../users/account-is-gone';
import type { Amounts } from '../users/quota';
import { insertLinks, linkValues } from './links/link-writes';
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

/**
 * The next number of the user's sequence, and what the user keeps from now on. No row when there is no such user, or no room: then nothing is written. The row is
 * locked by it, so of two that would both fit alone the second sees the first. A limit of 0 is none.
 */
const BUMPED = `
  bumped as (
    update users
    set change_seq = change_seq + 1, note_count = note_count + $20::integer, note_bytes = note_bytes + $21::bigint,
      note_languages = count_languages(note_languages, array[$24::text])
    where id = $2
      and ($20 <= 0 or (note_count + $20 <= nullif(coalesce(note_limit, $22::integer), 0)) is not false)
      and ($21 <= 0 or (note_bytes + $21 <= nullif(coalesce(byte_limit, $23::bigint), 0)) is not false)
    returning change_seq
  )`;

const RESULT = `select ${NOTE_COLUMNS}, array(select name from tag order by name_key) as tags from note n`;

/** Makes a note with its tags and links. No row comes back when there is no such user, or no room. */
export const CREATE_NOTE: Statement = {
  name: 'create-note',
  text: `
    with ${BUMPED},
    note as (
      insert into notes (
        id, user_id, title, title_key, body, url, url_key, url_host, pinned, archived_at, deleted_at, version, created_at, updated_at, text_at, seq, search, notebook_id,
        language, language_set
      )
      select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, change_seq, note_search_vector($3, $18, $8, $5, $24), $19::uuid,
        $24, $25::boolean
      from bumped
      returning *
    ),
    ${TAGS},
    link as (insert into note_tags (note_id, tag_id, created_at) select note.id, tag.id, note.created_at from note cross join tag),
    ${insertLinks(26)}
    ${RESULT}`,
};

/** Writes a note as a whole, with its tags. The caller has locked the user and the note. Out of the trash, a note has its place back, and need not know it. */
const UPDATE_NOTE = `
  with ${BUMPED},
  note as (
    update notes n
    set title = $3, title_key = $4, body = $5, url = $6, url_key = $7, url_host = $8, pinned = $9, archived_at = $10, deleted_at = $11,
      version = $12, created_at = $13, updated_at = $14, seq = bumped.change_seq, search = note_search_vector($3, $18, $8, $5, $24),
      language = $24, language_set = $25, notebook_id = $19, notebook_path = case when $11::timestamptz is not null then n.notebook_path end
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

/**
 * The values of `CREATE_NOTE`.
 * @param growth of what the user keeps.
 * @param limits of users who have none of their own; 0: none.
 */
export function newNoteValues(note: NoteState, growth: Amounts, limits: Amounts): unknown[] {
  return [...noteValues(note, growth, limits), ...linkValues(note.body)];
}

/** The values of `UPDATE_NOTE`. */
function noteValues(note: NoteState, growth: Amounts, limits: Amounts): unknown[] {
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
    growth.notes,
    growth.bytes,
    limits.notes,
    limits.bytes,
    note.language,
    note.isLanguageSet,
  ];
}

/**
 * `CREATE_NOTE` in the caller's transaction, whose user is locked.
 * @returns undefined when there is no room for the note
 */
export async function createNote(
  manager: EntityManager,
  note: NoteState,
  growth: Amounts,
  limits: Amounts,
): Promise<NoteRow | undefined> {
  const [row] = await manager.query<NoteRow[]>(CREATE_NOTE.text, newNoteValues(note, growth, limits));
  return row;
}

/** @returns the note as written; undefined when there is no room for what it would grow by. */
export async function updateNote(
  manager: EntityManager,
  note: NoteState,
  growth: Amounts,
  limits: Amounts,
): Promise<NoteRow | undefined> {
  const [row] = await manager.query<NoteRow[]>(UPDATE_NOTE, noteValues(note, growth, limits));
  return row;
}

/** A user whose notes may be written. */
export interface LockedUser {
  id: string;
  /** Whether a change must say which version it is based on. */
  requireIfMatch: boolean;
}

/** $2 is for the trigger that keeps revisions, until the transaction ends. */
const LOCK_USER = `
  select id, require_if_match as "requireIfMatch", set_config('commonplace.client', $2, true) from users where id = $1
  for no key update`;

/**
 * Takes the lock under which all notes of a user are written. First of all locks, so that writers cannot deadlock.
 * @param clientId by which client texts are edited; without it, each edit keeps the former text as a revision
 * @returns undefined when there is no such user.
 */
export async function lockUser(manager: EntityManager, userId: string, clientId = ''): Promise<LockedUser | undefined> {
  const [user] = await manager.query<LockedUser[]>(LOCK_USER, [userId, clientId]);
  return user;
}

/** `lockUser` for those who have nothing to do without a user. @throws UnauthorizedError when the account is gone */
export async function lockWriter(manager: EntityManager, userId: string, clientId?: string): Promise<LockedUser> {
  const user = await lockUser(manager, userId, clientId);
  if (user === undefined) throw accountIsGone();
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
