import type { SqlParams } from '../database/sql-params';
import type { ListNotesQuery } from './list-notes.query';
import { parseSearchQuery } from './search/parse-search-query';
import { mentionsTrash, type SearchNode } from './search/search-node';
import { compileSearch, type SearchSql } from './search/search-sql';
import { tagKey } from './tag-name';

/** The conditions on `notes n` that a query asks for; `$1` is the user. */
export interface NoteConditions {
  where: string[];
  search: SearchSql | null;
}

export function noteConditions(query: ListNotesQuery, params: SqlParams): NoteConditions {
  const ast = query.q === undefined ? null : parseSearchQuery(query.q).ast;
  const search = ast === null ? null : compileSearch(ast, params);
  const where = ['n.user_id = $1', ...trash(query.trashed, ast)];
  // Written out, not as parameters, so that the planner sees the conditions of the partial indexes.
  if (query.kind !== undefined) where.push(query.kind === 'bookmark' ? 'n.url is not null' : 'n.url is null');
  if (query.pinned !== undefined) where.push(query.pinned ? 'n.pinned' : 'not n.pinned');
  if (query.archived !== undefined) where.push(query.archived ? 'n.archived_at is not null' : 'n.archived_at is null');
  for (const [condition, time] of [
    ['n.created_at >=', query.createdAfter],
    ['n.created_at <', query.createdBefore],
    ['n.updated_at >=', query.updatedAfter],
    ['n.updated_at <', query.updatedBefore],
  ] as const) {
    if (time !== undefined) where.push(`${condition} ${params.add(time)}`);
  }
  for (const name of query.tag ?? []) where.push(hasTag(params.add(tagKey(name))));
  if (search !== null) where.push(search.predicate);
  return { where, search };
}

/** Notes in the trash are left out, unless the filter or the search speaks of the trash. */
function trash(trashed: boolean | undefined, ast: SearchNode | null): string[] {
  if (trashed === undefined) return mentionsTrash(ast) ? [] : ['n.deleted_at is null'];
  return [trashed ? 'n.deleted_at is not null' : 'n.deleted_at is null'];
}

function hasTag(key: string): string {
  return `n.id in (
    select nt.note_id from note_tags nt where nt.tag_id = (select t.id from tags t where t.user_id = $1 and t.name_key = ${key})
  )`;
}
