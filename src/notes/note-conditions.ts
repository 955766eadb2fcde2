import type { SqlParams } from '../database/sql-params';
import type { Statements } from '../database/statements';
import type { ListNotesQuery } from './list-notes.query';
import { parseSearchQuery } from './search/parse-search-query';
import { mentionsTrash, type SearchNode, tagNamesIn } from './search/search-node';
import { compileSearch, hasTagSql, type SearchSql } from './search/search-sql';
import { tagKey } from './tag-name';

/** The conditions on `notes n` that a query asks for; `$1` is the user. */
export interface NoteConditions {
  where: string[];
  search: SearchSql | null;
}

/** $1 the user, $2 the keys of tags. */
const FIND_TAGS = {
  name: 'find-tags',
  text: 'select name_key, id from tags where user_id = $1 and name_key = any($2)',
};

/** @param params the values of the statement, of which the first is the user's id; those of the conditions are added. */
export async function noteConditions(
  statements: Statements,
  query: ListNotesQuery,
  params: SqlParams,
): Promise<NoteConditions> {
  const ast = query.q === undefined ? null : parseSearchQuery(query.q).ast;
  const tagIds = await findTags(statements, params.values[0], [...(query.tag ?? []), ...tagNamesIn(ast)]);
  const search = ast === null ? null : compileSearch(ast, params, tagIds);
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
  for (const name of query.tag ?? []) where.push(hasTagSql(tagIds.get(tagKey(name)), params));
  if (search !== null) where.push(search.predicate);
  return { where, search };
}

/** The ids of those of the user's tags that exist, by key; without a query when none is asked for. */
async function findTags(statements: Statements, userId: unknown, names: string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await statements.run<{ name_key: string; id: string }>(FIND_TAGS, [userId, names.map(tagKey)]);
  return new Map(rows.map((row) => [row.name_key, row.id]));
}

/** Notes in the trash are left out, unless the filter or the search speaks of the trash. */
function trash(trashed: boolean | undefined, ast: SearchNode | null): string[] {
  if (trashed === undefined) return mentionsTrash(ast) ? [] : ['n.deleted_at is null'];
  return [trashed ? 'n.deleted_at is not null' : 'n.deleted_at is null'];
}
