import { Injectable } from '@nestjs/common';
import type { Page } from '../common/page';
import { MalformedRequestError } from '../common/problem';
import type { ListNotesQuery } from './list-notes.query';
import { NoteList } from './note-list';
import type { NotePage } from './note-page';
import { NoteSearch } from './note-search';
import { NoteSpelling } from './note-spelling';
import type { NoteListItem } from './note.response';
import { parseSearchQuery } from './search/parse-search-query';
import { SearchesService } from './searches/searches.service';

/** Begins the cursors of a corrected search: what follows is of the search as corrected. No other cursor has it. */
const CORRECTED = '~';

const NO_SUCH_SEARCH: NotePage = {
  data: [],
  page: { nextCursor: null, hasMore: false },
  search: { warnings: [], didYouMean: null, corrected: false },
};

/** Lists and searches; a search that finds nothing is tried again with the words that were meant. */
@Injectable()
export class NotePages {
  constructor(
    private readonly noteList: NoteList,
    private readonly noteSearch: NoteSearch,
    private readonly spelling: NoteSpelling,
    private readonly searches: SearchesService,
  ) {}

  /** @throws MalformedRequestError when the cursor is not of this list. */
  async page(userId: string, asked: ListNotesQuery): Promise<NotePage> {
    const saved = await this.searches.partsOf(userId, asked);
    if (saved === null) return NO_SUCH_SEARCH;
    const query = { ...asked, ...saved, search: undefined, sort: asked.sort ?? saved.sort };
    if (query.q === undefined) return this.find(userId, query);
    const { warnings } = parseSearchQuery(query.q);
    if (query.cursor?.startsWith(CORRECTED)) {
      const next = await this.corrected(userId, query, query.q, query.cursor.slice(CORRECTED.length));
      if (next === null)
        throw new MalformedRequestError('cursor is of a search whose correction has changed: start again without it');
      return { ...next.page, search: { warnings, didYouMean: next.q, corrected: true } };
    }
    const page = await this.find(userId, query);
    const isEmpty = page.data.length === 0 && query.cursor === undefined;
    const meant = isEmpty ? await this.corrected(userId, query, query.q) : null;
    // A correction that finds nothing, either, is no help.
    if (meant === null || meant.page.data.length === 0) {
      return { ...page, search: { warnings, didYouMean: null, corrected: false } };
    }
    return { ...meant.page, search: { warnings, didYouMean: meant.q, corrected: true } };
  }

  private async corrected(
    userId: string,
    query: ListNotesQuery,
    typed: string,
    cursor?: string,
  ): Promise<{ q: string; page: Page<NoteListItem> } | null> {
    const q = await this.spelling.correct(userId, typed);
    if (q === null) return null;
    const { data, page } = await this.find(userId, { ...query, q, cursor });
    const nextCursor = page.nextCursor && CORRECTED + page.nextCursor;
    return { q, page: { data, page: { ...page, nextCursor } } };
  }

  /** By relevance when there is a search and no order is asked for. */
  private find(userId: string, query: ListNotesQuery): Promise<Page<NoteListItem>> {
    const byRelevance = query.q !== undefined && query.sort === undefined;
    return byRelevance ? this.noteSearch.page(userId, query) : this.noteList.page(userId, query);
  }
}
