import type { EntityManager } from 'typeorm';
import { newId } from '../../common/uuid';
import { cleanTagNames, tagKey } from '../tag-name';
import type { BulkRow, BulkState } from './bulk-edit';
import type { NoteChange } from './bulk.requests';

/** $1 the user, $2 notes. Texts stay where they are. */
const READ = `
  select n.id, n.url_key, n.notebook_id, n.notebook_path, n.pinned, n.archived_at, n.deleted_at,
    array(select t.name from note_tags nt join tags t on t.id = nt.tag_id where nt.note_id = n.id order by t.name_key) as tags,
    n.deleted_at is not null and n.url_key is not null
      and exists (select 1 from notes d where d.user_id = $1 and d.url_key = n.url_key and d.deleted_at is null) as is_replaced
  from notes n where n.user_id = $1 and n.id = any($2)
  order by n.created_at, n.id`;

/** $1 the user; $2 to $7 one array a column; $8 now; $9 whether tags change, and with them what is searched. */
const WRITE = `
  with given as (
    select * from unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::timestamptz[], $6::timestamptz[], $7::text[])
      with ordinality as g(id, notebook_id, pinned, archived_at, deleted_at, tags, position)
  ),
  bumped as (
    update users set change_seq = change_seq + cardinality($2::uuid[]) where id = $1
    returning change_seq - cardinality($2::uuid[]) as before
  )
  update notes n
  set notebook_id = g.notebook_id, notebook_path = case when g.deleted_at is not null then n.notebook_path end,
    pinned = g.pinned, archived_at = g.archived_at, deleted_at = g.deleted_at, version = n.version + 1, updated_at = $8,
    seq = bumped.before + g.position,
    search = case when $9::boolean then note_search_vector(n.title, g.tags, n.url_host, n.body, n.language) else n.search end
  from given g cross join bumped
  where n.id = g.id and n.user_id = $1`;

/** $1 the user, $2 notes, $3 keys of tags. */
const UNLINK = `
  delete from note_tags nt using tags t
  where t.id = nt.tag_id and t.user_id = $1 and nt.note_id = any($2) and t.name_key = any($3)`;

/** $1 the user, $2 notes; $3 to $5 tags, made where missing. */
const LINK = `
  with tag as (
    insert into tags (id, user_id, name, name_key, seq)
    select w.id, $1, w.name, w.name_key, u.change_seq
    from unnest($3::uuid[], $4::text[], $5::text[]) as w(id, name, name_key) join users u on u.id = $1
    on conflict (user_id, name_key) do update set name_key = excluded.name_key
    returning id
  )
  insert into note_tags (note_id, tag_id, created_at)
  select n.id, tag.id, n.created_at from notes n cross join tag where n.id = any($2)
  on conflict do nothing`;

/** Whether the user, who is locked, has such a notebook. */
export async function notebookExists(manager: EntityManager, userId: string, id: string): Promise<boolean> {
  const found = await manager.query<unknown[]>(`select 1 from notebooks where id = $1 and user_id = $2`, [id, userId]);
  return found.length > 0;
}

/** Those of the notes that are there, without their texts. */
export function readForBulk(manager: EntityManager, userId: string, ids: string[]): Promise<BulkRow[]> {
  return manager.query<BulkRow[]>(READ, [userId, ids]);
}

/** Writes notes, whose user is locked, by three statements whatever their number. */
export async function writeBulk(
  manager: EntityManager,
  userId: string,
  notes: BulkState[],
  { addTags, removeTags }: NoteChange,
  now: Date,
): Promise<void> {
  if (notes.length === 0) return;
  const ids = notes.map(({ id }) => id);
  const [added, removed] = [cleanTagNames(addTags ?? []), (removeTags ?? []).map(tagKey)];
  await manager.query(WRITE, [
    userId,
    ids,
    notes.map(({ notebookId }) => notebookId),
    notes.map(({ pinned }) => pinned),
    notes.map(({ archivedAt }) => archivedAt),
    notes.map(({ deletedAt }) => deletedAt),
    notes.map(({ tags }) => tags.join(' ')),
    now,
    added.length + removed.length > 0,
  ]);
  if (removed.length > 0) await manager.query(UNLINK, [userId, ids, removed]);
  if (added.length > 0) {
    await manager.query(LINK, [userId, ids, added.map(() => newId()), added, added.map(tagKey)]);
  }
}
