import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor, type Page } from '../common/page';
import { SqlParams } from '../database/sql-params';
import { Statements } from '../database/statements';
import type { ListNotesQuery } from './list-notes.query';
import { noteConditions } from './note-conditions';
import { idIn, numberIn, timeIn } from './note-cursor';
import { headlines, score } from './note-headlines';
import { NOTE_ROW, type NoteHitRow } from './note-row';
import { NoteListItem } from './note.response';

/** How many matches are ranked against each other: ranking reads the search vector of each. */
const WINDOW = 1_000;

const KIND = 'relevance';

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
  constructor(private readonly statements: Statements) {}

  /** @throws MalformedRequestError when the cursor is not of a search by relevance. */
  async page(userId: string, query: ListNotesQuery): Promise<Page<NoteListItem>> {
    const params = new SqlParams([userId]);
    const { where, search } = noteConditions(query, params);
    if (search === null) return { data: [], page: { nextCursor: null, hasMore: false } };
    const bounds = boundsIn(query.cursor, params);
    const text = `
      with matches as materialized (
        select n.id, n.created_at, n.search from notes n
        where ${[...where, ...bounds.conditions].join(' and ')}
        order by n.created_at desc, n.id desc
        limit ${WINDOW + 1}
      ),
      in_window as (select * from matches order by created_at desc, id desc limit ${WINDOW}),
      edges as (
        select
          (array_agg(created_at order by created_at desc, id desc))[1] as newest_at, (array_agg(id order by created_at desc, id desc))[1] as newest_id,
          (array_agg(created_at order by created_at, id))[1] as oldest_at, (array_agg(id order by created_at, id))[1] as oldest_id,
          (select count(*) > ${WINDOW} from matches) as more
        from in_window
      ),
      ranked as (select w.id, w.created_at, ${score('w.search', search)} as score from in_window w),
      hit as (
        select r.* from ranked r
        ${bounds.page}
        order by r.score desc, r.created_at desc, r.id desc
        limit ${params.add(query.limit + 1)}
      )
      select ${NOTE_ROW}, hit.score, ${headlines(search)}, edges.*
      from hit join notes n on n.id = hit.id cross join edges
      order by hit.score desc, hit.created_at desc, hit.id desc`;
    const rows = await this.statements.run<WindowRow>({ text }, params.values);
    const shown = rows.slice(0, query.limit);
    const nextCursor = cursorAfter(shown.at(-1), rows.length > query.limit, bounds.window);
    return { data: shown.map(NoteListItem.hit), page: { nextCursor, hasMore: nextCursor !== null } };
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
function cursorAfter(last: WindowRow | undefined, moreInWindow: boolean, set: Window | undefined): string | null {
  if (last === undefined) return set?.more ? windowBelow(set) : null;
  const window = set ?? last;
  if (!moreInWindow) return window.more ? windowBelow(window) : null;
  const newest = [window.newest_at.toISOString(), window.newest_id];
  const oldest = [window.oldest_at.toISOString(), window.oldest_id];
  return encodeCursor(KIND, [
    ...newest,
    ...oldest,
    Number(window.more),
    last.score,
    last.created_at.toISOString(),
    last.id,
  ]);
}

function windowBelow(window: Window): string {
  return encodeCursor(KIND, [window.oldest_at.toISOString(), window.oldest_id, null, null, null, null, null, null]);
}

function boundsIn(cursor: string | undefined, params: SqlParams): Bounds {
  if (cursor === undefined) return { conditions: [], page: '' };
  const [at, id, oldestAt, oldestId, more, rank, lastAt, lastId] = decodeCursor(KIND, cursor, 8);
  const edge = (time: string, key: string): string => `(${params.add(time)}::timestamptz, ${params.add(key)}::uuid)`;
  if (oldestAt === null) return { conditions: [`(n.created_at, n.id) < ${edge(timeIn(at), idIn(id))}`], page: '' };
  const window = {
    newest_at: new Date(timeIn(at)),
    newest_id: idIn(id),
    oldest_at: new Date(timeIn(oldestAt)),
    oldest_id: idIn(oldestId),
    more: numberIn(more) === 1,
  };
  const last = [
    `${params.add(numberIn(rank))}::real`,
    `${params.add(timeIn(lastAt))}::timestamptz`,
    `${params.add(idIn(lastId))}::uuid`,
  ];
  return {
    conditions: [
      `(n.created_at, n.id) <= ${edge(timeIn(at), window.newest_id)}`,
      `(n.created_at, n.id) >= ${edge(timeIn(oldestAt), window.oldest_id)}`,
    ],
    page: `where (r.score, r.created_at, r.id) < (${last.join(', ')})`,
    window,
  };
}
