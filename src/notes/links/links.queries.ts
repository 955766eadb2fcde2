import type { Statement } from '../../database/statements';

/** A note that another one names. */
export interface NoteReferenceRow {
  id: string;
  title: string | null;
  url: string | null;
}

export interface LinkRow {
  target: string;
  id: string | null;
  title: string | null;
  url: string | null;
}

export interface BacklinkRow extends NoteReferenceRow {
  created_at: Date;
  updated_at: Date;
}

/** The note that a title names, among the live ones of the user ($2): the oldest. */
const named = (columns: string, key: string): string => `
  select ${columns} from notes t
  where t.user_id = $2 and link_key(t.title) = ${key} and t.title is not null and t.deleted_at is null
  order by t.created_at, t.id limit 1`;

/** $1 the note, $2 its owner: its links, each with the note that it leads to. No row: no such note; one without a target: it has no links. */
export const LIST_LINKS: Statement = {
  name: 'list-links',
  text: `
    select l.target, found.id, found.title, found.url
    from notes n
    left join note_links l on l.note_id = n.id
    left join lateral (
      select t.id, t.title, t.url from notes t where t.id = l.target_id and t.user_id = $2 and t.deleted_at is null
      union all
      (select * from (${named('t.id, t.title, t.url', 'l.target_key')}) by_title where l.target_id is null)
    ) found on true
    where n.id = $1 and n.user_id = $2
    order by l.position`,
};

/** Part of a statement on a `target`: the newest live notes, before ($3, $4), that link to it by a key, at most $5. */
const linking = (condition: string): string => `(
  select s.id, s.title, s.url, s.created_at, s.updated_at
  from note_links l join notes s on s.id = l.note_id
  where l.user_id = $2 and ${condition} and (l.created_at, l.note_id) < ($3, $4) and s.deleted_at is null
  order by l.created_at desc, l.note_id desc limit $5
)`;

/**
 * $1 the note, $2 its owner, ($3, $4) before which creation and id, $5 how many, newest first: the notes that link to it, by its id, or by its title if that leads to it. No row: no such
 * note; one without an id: nothing links to it.
 */
export const LIST_BACKLINKS: Statement = {
  name: 'list-backlinks',
  quick: true,
  text: `
    with target as materialized (
      select case when n.deleted_at is null then link_key(n.id::text) end as id_key,
        case when n.id = (${named('t.id', 'link_key(n.title)')}) then link_key(n.title) end as title_key
      from notes n where n.id = $1 and n.user_id = $2
    )
    select found.* from target left join lateral (
      ${linking('l.target_key = target.id_key and l.target_id is not null')}
      union
      ${linking('l.target_key = target.title_key and l.target_id is null')}
      order by created_at desc, id desc limit $5
    ) found on true
    order by found.created_at desc, found.id desc`,
};
