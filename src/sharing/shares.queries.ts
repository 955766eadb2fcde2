import type { Statement } from '../database/statements';

/** A share as its owner sees it. */
export interface ShareRow {
  id: string;
  note_id: string;
  has_password: boolean;
  expires_at: Date | null;
  /** bigint, as pg gives it. */
  view_count: string;
  last_viewed_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = `s.id, s.note_id, s.password_hash is not null as has_password, s.expires_at, s.view_count, s.last_viewed_at, s.version, s.created_at, s.updated_at`;

const BUMPED = `bumped as (update users set change_seq = change_seq + 1 where id = $2 returning change_seq)`;

/** $1 the share, $2 its owner. */
export const GET_SHARE: Statement = {
  name: 'get-share',
  text: `select ${COLUMNS} from shares s where s.id = $1 and s.user_id = $2`,
};

/** $1 the user, $2 ids. */
export const GET_SHARES: Statement = {
  name: 'changed-shares',
  text: `select ${COLUMNS} from shares s where s.user_id = $1 and s.id = any($2::uuid[])`,
};

/** $1 the user, $2 the id that the page begins after, $3 how many: newest first, which is the order of ids. */
export const LIST_SHARES: Statement = {
  name: 'list-shares',
  text: `select ${COLUMNS} from shares s where s.user_id = $1 and s.id < $2 order by s.id desc limit $3`,
};

/** The same of one note, $4. */
export const LIST_NOTE_SHARES: Statement = {
  name: 'list-note-shares',
  text: `select ${COLUMNS} from shares s where s.user_id = $1 and s.note_id = $4 and s.id < $2 order by s.id desc limit $3`,
};

/** $1 the note, $2 its owner: where it is, and how many shares it has. */
export const FIND_NOTE = `
  select n.deleted_at, (select count(*)::integer from shares where note_id = n.id) as shares
  from notes n where n.id = $1 and n.user_id = $2`;

/* The caller of the following has locked the user. $1 the share, $2 its owner. */

/** $3 the note, $4 the hash of the token, $5 that of the password, $6 the end. */
export const INSERT_SHARE = `
  with ${BUMPED}
  insert into shares as s (id, user_id, note_id, hash, password_hash, expires_at, seq) select $1, $2, $3, $4, $5, $6, change_seq from bumped
  returning ${COLUMNS}`;

/** $3 whether there is a new password, $4 its hash, or null for none, $5 the end. */
export const UPDATE_SHARE = `
  with ${BUMPED},
  changed as (
    update shares s
    set password_hash = case when $3 then $4 else s.password_hash end, expires_at = $5, version = s.version + 1, seq = bumped.change_seq, updated_at = now()
    from bumped where s.id = $1 and s.user_id = $2
    returning ${COLUMNS}
  )
  select * from changed`;

export const DELETE_SHARE = `with ${BUMPED} delete from shares s using bumped where s.id = $1 and s.user_id = $2`;

/** What whoever has the link is shown. */
export interface SharedNoteRow {
  id: string;
  password_hash: string | null;
  title: string | null;
  body: string | null;
  url: string | null;
  updated_at: Date;
}

/** $1 the hash of a token: the note, while it is shown to anybody. */
export const FIND_SHARED_NOTE: Statement = {
  name: 'find-shared-note',
  text: `
    select s.id, s.password_hash, n.title, n.body, n.url, n.updated_at
    from shares s join notes n on n.id = s.note_id join users u on u.id = s.user_id
    where s.hash = $1 and (s.expires_at is null or s.expires_at > now())
      and n.deleted_at is null and u.disabled_at is null and u.delete_after is null`,
};

/** $1 the share, $2 how many views: leaves `seq` alone, so that the feed has nothing of them. */
export const COUNT_VIEWS: Statement = {
  name: 'count-views',
  text: `update shares set view_count = view_count + $2, last_viewed_at = now() where id = $1`,
};
