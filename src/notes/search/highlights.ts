import { escapeHtml } from '../../common/html';

/**
 * What `ts_headline()` puts around a hit: private-use characters, because HTML written by PostgreSQL could not be told
 * from HTML in the text.
 */
export const HIGHLIGHT_START = '\uE000';
export const HIGHLIGHT_STOP = '\uE001';

const MARKERS = `StartSel="${HIGHLIGHT_START}", StopSel="${HIGHLIGHT_STOP}"`;

/** The punctuation that `search_fold()` (see the migration of notes) makes blank, and what stands for it in texts that `ts_headline()` reads. */
const JOINERS = '/<>&@.:-+';
const STAND_INS = '\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u000E\u000F';

/** SQL that gives the text of `expression` to `ts_headline()` so that it finds the words that `search_fold()` makes of it. */
export function headlineText(expression: string): string {
  return `translate(${expression}, '${JOINERS}', '${STAND_INS}')`;
}

/** Options of `ts_headline()` for a title: all of it, with every hit. */
export const TITLE_HEADLINE_OPTIONS = `${MARKERS}, HighlightAll=true`;

/** Options of `ts_headline()` for a body: at most two passages of 10 to 30 words. */
export const BODY_HEADLINE_OPTIONS = `${MARKERS}, MaxFragments=2, MaxWords=30, MinWords=10, FragmentDelimiter=" … "`;

const HIT = new RegExp(`${HIGHLIGHT_START}([^${HIGHLIGHT_START}${HIGHLIGHT_STOP}]+)${HIGHLIGHT_STOP}`, 'g');
const LEFT_OVER = new RegExp(`[${HIGHLIGHT_START}${HIGHLIGHT_STOP}]`, 'g');

const STAND_IN = new RegExp(`[${STAND_INS}]`, 'g');

/**
 * Makes HTML of what `ts_headline()` gave: the text escaped, with `<mark>…</mark>` around hits and no other tag. A
 * marker that the text held itself is left out, so tags are always balanced and never nested.
 *
 * @returns null if nothing is marked: there is then nothing to show
 */
export function highlightHtml(headline: string): string | null {
  const text = headline.replace(STAND_IN, (character) => JOINERS[STAND_INS.indexOf(character)] ?? '');
  const html = escapeHtml(text).replace(HIT, '<mark>$1</mark>').replace(LEFT_OVER, '');
  return html.includes('<mark>') ? html : null;
}
