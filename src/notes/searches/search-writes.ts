import type { Statement } from '../../database/statements';
import type { NoteSort } from '../list-notes.query';

/** A saved search as clients see it. */
export interface SearchRow {
  id: string;
  name: string;
  name_key: string;
  q: string;
  sort: NoteSort | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = 's.id, s.name, s.name_key, s.q, s.sort, s.version, s.created_at, s.updated_at';

const BUMPED = `bumped as (update users set change_seq = change_seq + 1 where id = $2 returning change_seq)`;

/** $1 the search, $2 its owner. */
export const GET_SEARCH: Statement = {
  name: 'get-search',
  text: `select ${COLUMNS} from searches s where s.id = $1 and s.user_id = $2`,
};

/** $1 the user, $2 the key of a name that the page begins after, $3 how many. */
export const LIST_SEARCHES: Statement = {
  name: 'list-searches',
  text: `select ${COLUMNS} from searches s where s.user_id = $1 and s.name_key > $2 order by s.name_key limit $3`,
};

/** $1 the user, $2 the key of a name. */
export const FIND_SEARCH = `
  select (select count(*)::integer from searches where user_id = $1) as count, (select id from searches where user_id = $1 and name_key = $2) as existing`;

/* The caller of the following has locked the user. $1 the search, $2 its owner, $3 to $6 the name, its key, the query, the order. */

export const INSERT_SEARCH = `
  with ${BUMPED}
  insert into searches as s (id, user_id, name, name_key, q, sort, seq) select $1, $2, $3, $4, $5, $6, change_seq from bumped
  returning ${COLUMNS}`;

export const UPDATE_SEARCH = `
  with ${BUMPED},
  changed as (
    update searches s set name = $3, name_key = $4, q = $5, sort = $6, version = s.version + 1, seq = bumped.change_seq, updated_at = now()
    from bumped where s.id = $1 and s.user_id = $2
    returning ${COLUMNS}
  )
  select * from changed`;

export const DELETE_SEARCH = `with ${BUMPED} delete from searches s using bumped where s.id = $1 and s.user_id = $2`;
