import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor, type Page } from '../common/page';
import { SqlParams } from '../database/sql-params';
import { Statements } from '../database/statements';
import type { ListNotesQuery } from './list-notes.query';
import { ConditionReader } from './note-conditions';
import { cursorKind, idIn, realIn, timeIn } from './note-cursor';
import { NoteHits, score } from './note-headlines';
import { NOTE_ROW, type NoteHitRow } from './note-row';
import type { NoteListItem } from './note.response';

/** How many matches are ranked against each other: ranking reads the search vector of each. */
const WINDOW = 1_000;

/** The matches that are ranked against each other: from the newest to the oldest; `more`: there are older ones. */
interface Window {
  newest_at: Date;
  newest_id: string;
  oldest_at: Date;
  oldest_id: string;
  more: boolean;
}

type WindowRow = NoteHitRow & Window;

/**
 * Search by relevance. Ranking all matches of a common word would read all of a user's notes, so matches are taken newest first in windows of 1,000, and ranked
 * within: every match is reachable, a page is one statement, and its cost is bounded. Windows are cut by creation, which does not change, so pages are
 * stable while notes are written.
 */
@Injectable()
export class NoteSearch {
  constructor(
    private readonly statements: Statements,
    private readonly conditions: ConditionReader,
    private readonly hits: NoteHits,
  ) {}

  /** @throws MalformedRequestError when the cursor is not of this search. */
  async page(userId: string, query: ListNotesQuery): Promise<Page<NoteListItem>> {
    const params = new SqlParams([userId]);
    const { from, where, createdAt, id, search } = await this.conditions.read(query, params, true);
    if (search === null) return { data: [], page: { nextCursor: null, hasMore: false } };
    const kind = cursorKind(query, 'relevance');
    const { conditions, page, window } = boundsIn(kind, query.cursor, `(${createdAt}, ${id})`, params);
    // A window that an earlier page has cut is taken as a whole: notes that have come into it since then push none out.
    const [most, mostRanked] = window === undefined ? [`limit ${WINDOW + 1}`, `limit ${WINDOW}`] : ['', ''];
    // Only the keys of matches are sorted: with their vectors, thousands of them would not fit into memory. Within a statement, which sees one state of the
    // table, a row is found again by its place, without the index.
    const text = `
      with matches as materialized (
        select ${id} as id, ${createdAt} as created_at, n.ctid as place from ${from}
        where ${[...where, ...conditions].join(' and ')}
        order by ${createdAt} desc, ${id} desc ${most}
      ),
      in_window as (select id, created_at, place from matches order by created_at desc, id desc ${mostRanked}),
      ranked as (
        select w.id, w.created_at, ${score('n.search', search)} as score from in_window w join notes n on n.ctid = w.place
      ),
      hit as (
        select r.* from ranked r
        ${page}
        order by r.score desc, r.created_at desc, r.id desc
        limit ${params.add(query.limit + 1)}
      )
      select ${NOTE_ROW}, hit.score,
        newest.created_at as newest_at, newest.id as newest_id, oldest.created_at as oldest_at, oldest.id as oldest_id,
        (select count(*) > ${WINDOW} from matches) as more
      from hit join notes n on n.id = hit.id
      cross join (select id, created_at from in_window order by created_at desc, id desc limit 1) newest
      cross join (select id, created_at from in_window order by created_at, id limit 1) oldest
      order by hit.score desc, hit.created_at desc, hit.id desc`;
    const rows = await this.statements.run<WindowRow>({ text }, params.values);
    const shown = rows.slice(0, query.limit);
    const nextCursor = cursorAfter(kind, shown.at(-1), rows.length > query.limit, window);
    const data = await this.hits.of(search.texts, shown);
    return { data, page: { nextCursor, hasMore: nextCursor !== null } };
  }
}

/** What a cursor says of the page that it asks for. */
interface Bounds {
  /** Conditions that cut the window out of the matches. */
  conditions: string[];
  /** The clause that leaves out what earlier pages of the window showed. */
  page: string;
  /** The window, when an earlier page has set its edges: they stay, whatever is written meanwhile. */
  window?: Window;
}

/** The next page is in the same window, or begins the window below; null when there is neither. */
function cursorAfter(
  kind: string,
  last: WindowRow | undefined,
  moreInWindow: boolean,
  set: Window | undefined,
): string | null {
  const window = set ?? last;
  if (window === undefined) return null;
  const oldest = [window.oldest_at.toISOString(), window.oldest_id];
  if (last === undefined || !moreInWindow) return window.more ? encodeCursor(kind, oldest) : null;
  const newest = [window.newest_at.toISOString(), window.newest_id];
  const shown = [last.score, last.created_at.toISOString(), last.id];
  return encodeCursor(kind, [...newest, ...oldest, Number(window.more), ...shown]);
}

function boundsIn(kind: string, cursor: string | undefined, key: string, params: SqlParams): Bounds {
  if (cursor === undefined) return { conditions: [], page: '' };
  const values = decodeCursor(kind, cursor, 2, 8);
  const [at, id, oldestAt, oldestId, more, rank, lastAt, lastId] = values;
  const edge = (time: string, note: string): string => `(${params.add(time)}::timestamptz, ${params.add(note)}::uuid)`;
  if (values.length === 2) return { conditions: [`${key} < ${edge(timeIn(at), idIn(id))}`], page: '' };
  const window = {
    newest_at: new Date(timeIn(at)),
    newest_id: idIn(id),
    oldest_at: new Date(timeIn(oldestAt)),
    oldest_id: idIn(oldestId),
    more: realIn(more) === 1,
  };
  const last = [
    `${params.add(realIn(rank))}::real`,
    `${params.add(timeIn(lastAt))}::timestamptz`,
    `${params.add(idIn(lastId))}::uuid`,
  ];
  return {
    conditions: [
      `${key} <= ${edge(timeIn(at), window.newest_id)}`,
      `${key} >= ${edge(timeIn(oldestAt), window.oldest_id)}`,
    ],
    page: `where (r.score, r.created_at, r.id) < (${last.join(', ')})`,
    window,
  };
}
