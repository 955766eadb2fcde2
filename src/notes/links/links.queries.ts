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

/* In all of these, $2 is the user. */

/** The note that a title names: of the live ones that have it, the oldest. */
const named = (columns: string, key: string): string => `
  select ${columns} from notes t
  where t.user_id = $2 and link_key(t.title) = ${key} and t.title is not null and t.deleted_at is null
  order by t.created_at, t.id limit 1`;

/** The note that a link `l` leads to; at most one row. @param columns of the note `t` */
export const linkedNote = (columns: string): string => `
  select ${columns} from notes t where t.id = l.target_id and t.user_id = $2 and t.deleted_at is null
  union all
  (select * from (${named(columns, 'l.target_key')}) by_title where l.target_id is null)`;

/** Columns of a note `n`: the keys by which links lead to it now, or null; a title may lead to another note. */
export const linkKeys = `
  case when n.deleted_at is null then link_key(n.id::text) end as id_key,
  case when n.id = (${named('t.id', 'link_key(n.title)')}) then link_key(n.title) end as title_key`;

/**
 * The live notes that link to a row with `linkKeys`, newest first. Both kinds of links are read in the order of their index, as many as are wanted.
 * @param columns of the note `s`, its id and time of creation among them
 * @param limit of each kind, and of all
 * @param after a further condition of the link `l`
 */
export function linkingNotes(columns: string, target: string, limit: string, after = ''): string {
  const by = (condition: string): string => `(
    select ${columns} from note_links l join notes s on s.id = l.note_id
    where l.user_id = $2 and ${condition} ${after} and s.deleted_at is null
    order by l.created_at desc, l.note_id desc ${limit}
  )`;
  return `
    ${by(`l.target_key = ${target}.id_key and l.target_id is not null`)}
    union
    ${by(`l.target_key = ${target}.title_key and l.target_id is null`)}
    order by created_at desc, id desc ${limit}`;
}

/** $1 the note, $2 its owner: its links, each with the note that it leads to. No row: no such note; one without a target: it has no links. */
export const LIST_LINKS: Statement = {
  name: 'list-links',
  text: `
    select l.target, found.id, found.title, found.url
    from notes n left join note_links l on l.note_id = n.id
    left join lateral (${linkedNote('t.id, t.title, t.url')}) found on true
    where n.id = $1 and n.user_id = $2
    order by l.position`,
};

/**
 * $1 the note, $2 its owner, ($3, $4) before which creation and id, $5 how many, newest first: the notes that link to it. No row: no such note; one without an id: nothing links to it.
 */
export const LIST_BACKLINKS: Statement = {
  name: 'list-backlinks',
  quick: true,
  text: `
    with target as materialized (select ${linkKeys} from notes n where n.id = $1 and n.user_id = $2)
    select found.* from target left join lateral (
      ${linkingNotes('s.id, s.title, s.url, s.created_at, s.updated_at', 'target', 'limit $5', 'and (l.created_at, l.note_id) < ($3, $4)')}
    ) found on true
    order by found.created_at desc, found.id desc`,
};
