import { BODY_HEADLINE_OPTIONS, headlineText, TITLE_HEADLINE_OPTIONS } from './search/highlights';
import { TEXT_SEARCH_CONFIG, type SearchSql } from './search/search-sql';

/** ts_headline reads all of a text: no more than this many characters of a body, lest one long note makes a search slow. */
const BODY_CHARACTERS = 20_000;

/** The headlines of `n` for a search, as the columns `title_headline` and `body_headline`; null when the search has no text. */
export function headlines(search: SearchSql): string {
  if (search.highlight === null) return 'null::text as title_headline, null::text as body_headline';
  return `
    ts_headline('${TEXT_SEARCH_CONFIG}', ${headlineText('n.title')}, ${search.highlight}, '${TITLE_HEADLINE_OPTIONS}') as title_headline,
    ts_headline('${TEXT_SEARCH_CONFIG}', ${headlineText(`left(n.body, ${BODY_CHARACTERS})`)}, ${search.highlight}, '${BODY_HEADLINE_OPTIONS}') as body_headline`;
}

/** How well `search` (a tsvector column) matches: title over tags over body; long documents do not win by length. */
export function score(column: string, search: SearchSql): string {
  if (search.tsquery === null) return '0::real';
  return `ts_rank('{0.1, 0.2, 0.6, 1.0}', ${column}, ${search.tsquery}, 1)`;
}
