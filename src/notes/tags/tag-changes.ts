import type { EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import type { ChangeTagPayload } from './change-tag.job';

/** What one transaction changes at most, whichever comes first: the search vector of each note is made anew, of its whole text. */
const AT_ONCE = 1_000;
const BYTES_AT_ONCE = 8 * 1024 * 1024;

/** Where the walk over the notes of a tag has come to: the time and the id of the last one. */
export type TagCursor = readonly [Date | string, string];

export const BEGINNING: TagCursor = ['-infinity', NIL];

const SIZE = `
  select count(*)::integer as notes, coalesce(sum(octet_length(n.body)), 0)::double precision as bytes
  from (select note_id from note_tags where tag_id = $1 limit ${AT_ONCE + 1}) few join notes n on n.id = few.note_id`;

const COUNT = `select count(*)::integer as notes from note_tags where tag_id = $1`;

/** $1 the tag; the notes after ($2, $3) in the order of creation, as many as one transaction changes, and one at least. */
const PICK = `
  select note_id, created_at from (
    select few.*, row_number() over walk as position, sum(octet_length(n.body)) over walk as bytes
    from (
      select note_id, created_at from note_tags
      where tag_id = $1 and (created_at, note_id) > ($2, $3::uuid)
      order by created_at, note_id limit ${AT_ONCE}
    ) few join notes n on n.id = few.note_id
    window walk as (order by few.created_at, few.note_id)
  ) picked
  where position = 1 or coalesce(bytes, 0) <= ${BYTES_AT_ONCE}
  order by position`;

/** $1 a tag, $2 its notes, $3 the tag that they get. A note that has both keeps one. */
const LINK = `
  insert into note_tags (note_id, tag_id, created_at)
  select note_id, $3, created_at from note_tags where tag_id = $1 and note_id = any($2::uuid[])
  on conflict do nothing`;

const UNLINK = `delete from note_tags where tag_id = $1 and note_id = any($2::uuid[])`;

/** $1 the user, $2 notes whose tags have changed. Nobody edited them, and so `updated_at` stays. */
const REFRESH = `
  with bumped as (
    update users set change_seq = change_seq + cardinality($2::uuid[]) where id = $1
    returning change_seq - cardinality($2::uuid[]) as before
  )
  update notes n
  set version = n.version + 1, seq = bumped.before + given.step,
    search = note_search_vector(
      n.title,
      (select string_agg(t.name, ' ' order by t.name_key) from note_tags nt join tags t on t.id = nt.tag_id where nt.note_id = n.id),
      n.url_host,
      n.body,
      n.language
    )
  from unnest($2::uuid[]) with ordinality as given(id, step) cross join bumped
  where n.id = given.id and n.user_id = $1`;

const RENAMED = `update tags set former_name = null, renamed_seq = null where id = $1`;

/** $1 the user, $2 the tag: its number of the sequence is taken, too. */
const REMOVE = `
  with bumped as (update users set change_seq = change_seq + 1 where id = $1)
  delete from tags where user_id = $1 and id = $2`;

/* The caller of all of these has locked the user. */

/** How many notes have a tag when they are too many, or too long, for one transaction; else null. */
export async function tooManyNotes(manager: EntityManager, tagId: string): Promise<number | null> {
  const [{ notes, bytes } = { notes: 0, bytes: 0 }] = await manager.query<{ notes: number; bytes: number }[]>(SIZE, [
    tagId,
  ]);
  if (notes <= AT_ONCE && bytes <= BYTES_AT_ONCE) return null;
  const [all] = await manager.query<{ notes: number }[]>(COUNT, [tagId]);
  return all?.notes ?? notes;
}

/** Changes all notes of a tag in the caller's transaction: `tooManyNotes` has said that it may. */
export async function changeAllNotes(manager: EntityManager, userId: string, payload: ChangeTagPayload): Promise<void> {
  let after: TagCursor | null = BEGINNING;
  while (after !== null) ({ after } = await changeNextNotes(manager, userId, payload, after));
}

/**
 * Changes the next notes of a tag; when there are none left, what remains to be done with the tag itself.
 * @returns how many were changed, and where the walk has come to; `after` is null at the end.
 */
export async function changeNextNotes(
  manager: EntityManager,
  userId: string,
  { tagId, change, into }: ChangeTagPayload,
  after: TagCursor,
): Promise<{ notes: number; after: TagCursor | null }> {
  // Notes that are changed leave the tag, unless it is renamed: only then is there something to pass over.
  const from = change === 'rename' ? after : BEGINNING;
  const rows = await manager.query<{ note_id: string; created_at: Date }[]>(PICK, [tagId, ...from]);
  const last = rows.at(-1);
  if (last === undefined) {
    await (change === 'rename' ? manager.query(RENAMED, [tagId]) : manager.query(REMOVE, [userId, tagId]));
    return { notes: 0, after: null };
  }
  const ids = rows.map((row) => row.note_id);
  if (change === 'merge') await manager.query(LINK, [tagId, ids, into]);
  if (change !== 'rename') await manager.query(UNLINK, [tagId, ids]);
  await manager.query(REFRESH, [userId, ids]);
  return { notes: ids.length, after: [last.created_at, last.note_id] };
}
