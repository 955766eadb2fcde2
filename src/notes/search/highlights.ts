/**
 * What `ts_headline()` puts around a hit: private-use characters, because HTML written by PostgreSQL could not be told
 * from HTML in the text.
 */
export const HIGHLIGHT_START = '\uE000';
export const HIGHLIGHT_STOP = '\uE001';

const MARKERS = `StartSel="${HIGHLIGHT_START}", StopSel="${HIGHLIGHT_STOP}"`;

/** Options of `ts_headline()` for a title: all of it, with every hit. */
export const TITLE_HEADLINE_OPTIONS = `${MARKERS}, HighlightAll=true`;

/** Options of `ts_headline()` for a body: at most two passages of 10 to 30 words. */
export const BODY_HEADLINE_OPTIONS = `${MARKERS}, MaxFragments=2, MaxWords=30, MinWords=10, FragmentDelimiter=" … "`;

const HIT = new RegExp(`${HIGHLIGHT_START}([^${HIGHLIGHT_START}${HIGHLIGHT_STOP}]+)${HIGHLIGHT_STOP}`, 'g');
const LEFT_OVER = new RegExp(`[${HIGHLIGHT_START}${HIGHLIGHT_STOP}]`, 'g');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Makes HTML of what `ts_headline()` gave: the text escaped, with `<mark>…</mark>` around hits and no other tag. A
 * marker that the text held itself is left out, so tags are always balanced and never nested.
 *
 * @returns null if nothing is marked: there is then nothing to show
 */
export function highlightHtml(headline: string): string | null {
  const escaped = headline.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
  const html = escaped.replace(HIT, '<mark>$1</mark>').replace(LEFT_OVER, '');
  return html.includes('<mark>') ? html : null;
}
