import type { EntityManager } from 'typeorm';
import { NotFoundError } from '../../common/problem';
import { changeTag } from './change-tag.job';
import type { TagRow } from './tag.response';

const TAG_COLUMNS = 't.id, t.name, t.name_key, t.version, t.created_at, t.updated_at';

/** Notes of `tags t`. Those in the trash do not count: they are few, so that counting all and taking them off reads only indexes for the rest. */
const ALL_NOTES = `(select count(*) from note_tags nt where nt.tag_id = t.id)::int`;

/** $1 the user, $2 and $3 where the page begins, $4 how many. */
export const LIST_TAGS = {
  name: 'list-tags',
  text: `
    with trashed as materialized (
      select nt.tag_id, count(*) as count from notes n join note_tags nt on nt.note_id = n.id
      where n.user_id = $1 and n.deleted_at is not null
      group by nt.tag_id
    )
    select ${TAG_COLUMNS},
      ${ALL_NOTES} - coalesce((select trashed.count from trashed where trashed.tag_id = t.id), 0)::int as count
    from tags t
    where t.user_id = $1 and (t.name_key, t.id) > ($2, $3::uuid)
    order by t.name_key, t.id
    limit $4`,
};

/** $1 the tag, $2 its owner. */
export const GET_TAG = {
  name: 'get-tag',
  text: `
    select ${TAG_COLUMNS}, ${ALL_NOTES} - (
      select count(*) from notes n join note_tags nt on nt.note_id = n.id
      where n.user_id = $2 and n.deleted_at is not null and nt.tag_id = t.id
    )::int as count
    from tags t where t.id = $1 and t.user_id = $2`,
};

/** $1 the user, $2 a key, $3 a tag that does not count. */
export const FIND_TAG = `select id from tags where user_id = $1 and name_key = $2 and id <> $3`;

const CHANGING = `
  select from jobs
  where user_id = $1 and type = '${changeTag.name}' and status in ('queued', 'active') and $2 in (payload ->> 'tagId', payload ->> 'into')`;

/** Until its notes have followed, the tag has its former name on those that were last written before now: see `NOTE_ROW`. */
const RENAME = `
  with bumped as (update users set change_seq = change_seq + 1 where id = $1 returning change_seq)
  update tags t
  set name = $3, name_key = $4, version = t.version + 1, seq = bumped.change_seq, updated_at = now(),
    former_name = case when $5 then t.name end, renamed_seq = case when $5 then bumped.change_seq end
  from bumped where t.id = $2 and t.user_id = $1`;

/** @throws NotFoundError when there is none, or it is another user's. */
export async function readTag(manager: EntityManager, userId: string, id: string): Promise<TagRow> {
  const [row] = await manager.query<TagRow[]>(GET_TAG.text, [id, userId]);
  if (row === undefined) throw new NotFoundError('tag');
  return row;
}

/** Whether a job is to change a tag, or to merge another one into it. */
export async function isChanging(manager: EntityManager, userId: string, id: string): Promise<boolean> {
  return (await manager.query<object[]>(CHANGING, [userId, id])).length > 0;
}

/** @param to `inSteps`: whether its notes will follow in several transactions */
export async function renameTag(
  manager: EntityManager,
  userId: string,
  id: string,
  to: { name: string; key: string; inSteps: boolean },
): Promise<void> {
  await manager.query(RENAME, [userId, id, to.name, to.key, to.inSteps]);
}
