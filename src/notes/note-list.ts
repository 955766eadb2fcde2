import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor, type Page, pageOf } from '../common/page';
import { SqlParams } from '../database/sql-params';
import { Statements } from '../database/statements';
import type { ListNotesQuery, NoteSort } from './list-notes.query';
import { ConditionReader } from './note-conditions';
import { cursorKind, idIn, textIn, timeIn } from './note-cursor';
import { NoteHits, score } from './note-headlines';
import { NOTE_ROW, type NoteHitRow } from './note-row';
import { type NoteListItem, NoteResponse } from './note.response';

/** `score`: of a search only. */
type SortableRow = NoteHitRow & { title_key: string };

/** A column to sort by: where it is, how its value goes into a cursor and is read back. */
interface SortColumn {
  column: string;
  type: string;
  keyOf(row: SortableRow): string;
  keyIn(value: Parameters<typeof textIn>[0]): string;
}

const SORTS: Record<'createdAt' | 'updatedAt' | 'title', SortColumn> = {
  createdAt: {
    column: 'n.created_at',
    type: 'timestamptz',
    keyOf: (row) => row.created_at.toISOString(),
    keyIn: timeIn,
  },
  updatedAt: {
    column: 'n.updated_at',
    type: 'timestamptz',
    keyOf: (row) => row.updated_at.toISOString(),
    keyIn: timeIn,
  },
  title: { column: 'n.title_key', type: 'text', keyOf: (row) => row.title_key, keyIn: textIn },
};

/** Lists of notes in an order that the caller names: each page is one statement that an index serves. */
@Injectable()
export class NoteList {
  constructor(
    private readonly statements: Statements,
    private readonly conditions: ConditionReader,
    private readonly hits: NoteHits,
  ) {}

  /** @throws MalformedRequestError when the cursor is not of this list. */
  async page(userId: string, query: ListNotesQuery): Promise<Page<NoteListItem>> {
    const sort = query.sort ?? '-createdAt';
    const kind = cursorKind(query, sort);
    const by = SORTS[sort.replace('-', '') as keyof typeof SORTS];
    const params = new SqlParams([userId]);
    const conditions = await this.conditions.read(query, params, by === SORTS.createdAt);
    const { from, where, search } = conditions;
    const [column, id] = by === SORTS.createdAt ? [conditions.createdAt, conditions.id] : [by.column, 'n.id'];
    if (search === null && query.q !== undefined) return { data: [], page: { nextCursor: null, hasMore: false } };
    const isPlain = query.q === undefined && query.trashed !== true && where.length === 2 && params.values.length === 1;
    if (query.cursor !== undefined) where.push(`(${column}, ${id}) ${after(sort, kind, query.cursor, params)}`);
    const hits = search === null ? '' : `, ${score('n.search', search)} as score`;
    const direction = sort.startsWith('-') ? 'desc' : 'asc';
    const text = `
      select ${NOTE_ROW}, n.title_key${hits}
      from ${from}
      where ${where.join(' and ')}
      order by ${column} ${direction}, ${id} ${direction}
      limit ${params.add(query.limit + 1)}`;
    // The plain lists are prepared; the many shapes that filters make are planned for their own values.
    const name = isPlain ? `list-notes${sort}${query.cursor === undefined ? '' : '-after'}` : undefined;
    const rows = await this.statements.run<SortableRow>({ name, text, quick: isPlain }, params.values);
    const cursorOf = (row: SortableRow): string => encodeCursor(kind, [by.keyOf(row), row.id]);
    if (search === null) return pageOf(rows, query.limit, NoteResponse.from, cursorOf);
    const { data, page } = pageOf(rows, query.limit, (row) => row, cursorOf);
    return { data: await this.hits.of(search.texts, data), page };
  }
}

function after(sort: NoteSort, kind: string, cursor: string, params: SqlParams): string {
  const { type, keyIn } = SORTS[sort.replace('-', '') as keyof typeof SORTS];
  const [key, id] = decodeCursor(kind, cursor, 2);
  const comparison = sort.startsWith('-') ? '<' : '>';
  return `${comparison} (${params.add(keyIn(key))}::${type}, ${params.add(idIn(id))}::uuid)`;
}
