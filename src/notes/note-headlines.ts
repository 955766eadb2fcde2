import { SqlParams } from '../database/sql-params';
import type { Statements } from '../database/statements';
import type { NoteHeadlines, NoteHitRow } from './note-row';
import { NoteListItem } from './note.response';
import { BODY_HEADLINE_OPTIONS, headlineText, TITLE_HEADLINE_OPTIONS } from './search/highlights';
import { BODY_CHARACTERS, HitMarker } from './search/mark-hits';
import type { TextNode } from './search/search-node';
import { compileSearch, type SearchSql, TEXT_SEARCH_CONFIG } from './search/search-sql';

const NOTHING: NoteHeadlines = { title: null, body: null };

/**
 * The hits of a search as clients see them, with what matched in each. Plain text, which most notes are, is read here: `ts_headline()` took half the time of a
 * search. All other text goes to the database, whose parser and tables say what matched.
 */
export async function hitsOf(
  statements: Statements,
  texts: TextNode[],
  rows: readonly NoteHitRow[],
): Promise<NoteListItem[]> {
  if (texts.length === 0) return rows.map((row) => NoteListItem.hit(row, NOTHING));
  const marker = HitMarker.of(texts);
  const marked = rows.map((row) => ({ row, headlines: marker?.mark(row) ?? null }));
  const others = marked.filter(({ headlines }) => headlines === null).map(({ row }) => row);
  const rest = others.length === 0 ? [] : await markByDatabase(statements, texts, others);
  return marked.map(({ row, headlines }) => NoteListItem.hit(row, headlines ?? rest.shift() ?? NOTHING));
}

async function markByDatabase(
  statements: Statements,
  texts: TextNode[],
  notes: readonly NoteHeadlines[],
): Promise<NoteHeadlines[]> {
  const params = new SqlParams([
    notes.map(({ title }) => title),
    // A character is two code units at most.
    notes.map(({ body }) => body?.slice(0, 2 * BODY_CHARACTERS) ?? null),
  ]);
  const { highlight } = compileSearch({ type: 'or', nodes: texts }, params, new Map());
  const text = `
    select
      ts_headline('${TEXT_SEARCH_CONFIG}', ${headlineText('n.title')}, ${highlight}, '${TITLE_HEADLINE_OPTIONS}') as title,
      ts_headline('${TEXT_SEARCH_CONFIG}', ${headlineText(`left(n.body, ${BODY_CHARACTERS})`)}, ${highlight}, '${BODY_HEADLINE_OPTIONS}') as body
    from unnest($1::text[], $2::text[]) with ordinality as n(title, body, place)
    order by n.place`;
  return statements.run<NoteHeadlines>({ text }, params.values);
}

/** How well `search` (a tsvector column) matches: title over tags over body; long documents do not win by length. */
export function score(column: string, search: SearchSql): string {
  if (search.tsquery === null) return '0::real';
  return `ts_rank('{0.1, 0.2, 0.6, 1.0}', ${column}, ${search.tsquery}, 1)`;
}
