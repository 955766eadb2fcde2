import { Injectable } from '@nestjs/common';
import type { SqlParams } from '../database/sql-params';
import { Statements } from '../database/statements';
import { UserLanguages } from './languages/user-languages';
import type { NoteFilters } from './list-notes.query';
import { parseSearchQuery } from './search/parse-search-query';
import { notebooksCalled, notebookWithBelow } from './notebooks/notebooks.queries';
import { mentionsTrash, namesIn, requiredTags, type SearchNode } from './search/search-node';
import { compileSearch, inNotebooksSql, type SearchSql } from './search/search-sql';
import { tagKey } from './tag-name';

/** The notes that a query asks for, as SQL over `notes n`; `$1` is the user. */
export interface NoteConditions {
  from: string;
  where: string[];
  /** Columns that are `n.created_at` and `n.id`: those of a tag's index, when it can give the order. */
  createdAt: string;
  id: string;
  /** null unless the query has a search that asks for something. */
  search: SearchSql | null;
}

/** $1 the user, $2 the keys of tags. */
const FIND_TAGS = {
  name: 'find-tags',
  text: 'select name_key, id from tags where user_id = $1 and name_key = any($2)',
};

/** Says in SQL which notes a query asks for. */
@Injectable()
export class ConditionReader {
  constructor(
    private readonly statements: Statements,
    private readonly languages: UserLanguages,
  ) {}

  /**
   * @param params the values of the statement, of which the first is the user's id; those of the conditions are added
   * @param byCreation whether the notes will be sorted by creation
   */
  async read(
    query: NoteFilters & { within?: string },
    params: SqlParams,
    byCreation: boolean,
  ): Promise<NoteConditions> {
    const { statements } = this;
    const ast = searchIn(query);
    const languages = ast === null ? [] : await this.languages.of(String(params.values[0]));
    const tagIds = await findTags(statements, params.values[0], [...(query.tag ?? []), ...namesIn(ast, 'tag')]);
    const notebookIds = await notebooksCalled(statements, params.values[0], namesIn(ast, 'notebook'));
    const { names, rest } = requiredTags(ast);
    const search = ast === null ? null : compileSearch(rest, params, tagIds, notebookIds, languages);
    const tags = new Set([...(query.tag ?? []), ...names].map((name) => tagIds.get(tagKey(name))));
    const { from, createdAt, id, where } = tagged([...tags], params, byCreation);
    where.push('n.user_id = $1', ...trash(query.trashed, ast));
    // Written out, not as parameters, so that the planner sees the conditions of the partial indexes.
    if (query.kind !== undefined) where.push(query.kind === 'bookmark' ? 'n.url is not null' : 'n.url is null');
    if (query.notebook === 'none') where.push('n.notebook_id is null');
    else if (query.notebook !== undefined) {
      where.push(inNotebooksSql(await notebookWithBelow(statements, params.values[0], query.notebook), params));
    }
    if (query.pinned !== undefined) where.push(query.pinned ? 'n.pinned' : 'not n.pinned');
    if (query.archived !== undefined)
      where.push(query.archived ? 'n.archived_at is not null' : 'n.archived_at is null');
    for (const [condition, time] of [
      [`${createdAt} >=`, query.createdAfter],
      [`${createdAt} <`, query.createdBefore],
      ['n.updated_at >=', query.updatedAfter],
      ['n.updated_at <', query.updatedBefore],
    ] as const) {
      if (time !== undefined) where.push(`${condition} ${params.add(time)}`);
    }
    if (search !== null) where.push(search.predicate);
    return { from, where, createdAt, id, search };
  }
}

/** What hits must match of `q` and of `within`; null when either asks for nothing, or there is no `q`. */
function searchIn({ q, within }: { q?: string; within?: string }): SearchNode | null {
  const nodes = [q, within].flatMap((text) => (text === undefined ? [] : [parseSearchQuery(text).ast]));
  const asked = nodes.filter((node) => node !== null);
  if (asked.length < nodes.length) return null;
  return asked.length > 1
    ? { type: 'and', nodes: asked.flatMap((node) => (node.type === 'and' ? node.nodes : [node])) }
    : (asked[0] ?? null);
}

/** The ids of those of the user's tags that exist, by key; without a query when none is asked for. */
async function findTags(statements: Statements, userId: unknown, names: string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await statements.run<{ name_key: string; id: string }>(FIND_TAGS, [userId, names.map(tagKey)]);
  return new Map(rows.map((row) => [row.name_key, row.id]));
}

/** Each tag that is joined makes planning dearer; further ones are looked up note by note. */
const JOINED_TAGS = 3;

/**
 * The notes that have all of `tags`. In the order of creation the index of the tag gives them, so that a page costs what it shows, however common the tag is and
 * wherever its notes are; several tags are merged. In another order they are gathered and sorted: walking the index of that order would pass
 * all notes that came after an import whose tag is asked for.
 */
function tagged(tags: (string | undefined)[], params: SqlParams, byCreation: boolean): Omit<NoteConditions, 'search'> {
  const plain = { from: 'notes n', createdAt: 'n.created_at', id: 'n.id' };
  if (tags.includes(undefined)) return { ...plain, where: ['false'] };
  if (tags.length === 0) return { ...plain, where: [] };
  const [joined, others] = [tags.slice(0, JOINED_TAGS), tags.slice(JOINED_TAGS)];
  const links = joined
    .map((_, at) => (at === 0 ? 'note_tags t0' : `join note_tags t${at} using (created_at, note_id)`))
    .join(' ');
  const where = joined.map((tag, at) => `t${at}.tag_id = ${params.add(tag)}`);
  if (others.length > 0) {
    const found = `select count(*) from note_tags nt where nt.note_id = t0.note_id and nt.tag_id = any(${params.add(others)}::uuid[])`;
    where.push(`(${found}) = ${others.length}`);
  }
  if (byCreation) {
    return { from: `${links} join notes n on n.id = t0.note_id`, createdAt: 't0.created_at', id: 't0.note_id', where };
  }
  return { ...plain, where: [`n.id = any(array(select t0.note_id from ${links} where ${where.join(' and ')}))`] };
}

/** Notes in the trash are left out, unless the filter or the search speaks of the trash. */
function trash(trashed: boolean | undefined, ast: SearchNode | null): string[] {
  if (trashed === undefined) return mentionsTrash(ast) ? [] : ['n.deleted_at is null'];
  return [trashed ? 'n.deleted_at is not null' : 'n.deleted_at is null'];
}
