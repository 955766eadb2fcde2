import { validate } from 'uuid';
import { codePointLength } from '../../common/text';
import { tagKey } from '../tag-name';

/** The largest number of different targets that count, of one note. */
export const MAX_LINKS = 1_000;

const MAX_TITLE_LENGTH = 500;

/** What a link names: a note by its id, in lower case, or one by its title. */
export interface LinkTarget {
  /** As it stands in the text, trimmed. */
  target: string;
  /** null: `target` is a title. */
  id: string | null;
}

/** Whether a text may have links: one that has none costs a look at it. */
export const mayLink = (body: string | null): boolean => body?.includes('[[') === true;

/**
 * The targets of the links in a Markdown text, `[[target]]` or `[[target|shown text]]` on one line, each once, in the order in which they are named first; at most `MAX_LINKS`.
 * A target has no bracket and no bar; in a table, where a bar ends a cell, it may be written `\|`. Fenced code, inline code (CommonMark 0.31, 4.5 and 6.1) and escaped brackets are no
 * links; code that is only indented is not looked for. Takes time in proportion to the text.
 */
export function linksIn(body: string | null): LinkTarget[] {
  if (body === null || !mayLink(body)) return [];
  const found = new Map<string, LinkTarget>();
  for (const paragraph of paragraphsIn(body)) {
    for (const target of targetsIn(paragraph)) {
      const id = validate(target) ? target.toLowerCase() : null;
      const key = id ?? tagKey(target);
      if (key === '' || found.has(key) || codePointLength(target) > MAX_TITLE_LENGTH) continue;
      found.set(key, { target, id });
      if (found.size === MAX_LINKS) return [...found.values()];
    }
  }
  return [...found.values()];
}

/** A fence, behind the marks of quotes and of list items, at any depth. */
const FENCE = /^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(`{3,}|~{3,})(.*)$/s;

/** Runs of lines that are neither empty nor of fenced code; inline code does not reach beyond them. */
function* paragraphsIn(body: string): Generator<string> {
  let lines: string[] = [];
  let fence: string | null = null;
  for (const line of body.split(/\r\n|[\r\n]/)) {
    const [, mark = '', rest = ''] = FENCE.exec(line) ?? [];
    if (fence !== null) {
      if (mark.startsWith(fence) && rest.trim() === '') fence = null;
      continue;
    }
    const opens = mark !== '' && !(mark.startsWith('`') && rest.includes('`'));
    if (!opens && line.trim() !== '') {
      lines.push(line);
      continue;
    }
    if (opens) fence = mark;
    if (lines.length > 0) yield lines.join('\n');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('\n');
}

function* targetsIn(paragraph: string): Generator<string> {
  const token = /\\[^]|`+|\[\[/g;
  const link = /\[\[([^[\]|\n]+)(\|[^[\]\n]*)?\]\]/y;
  const codeEnds = codeEndsIn(paragraph);
  for (let match = token.exec(paragraph); match !== null; match = token.exec(paragraph)) {
    if (match[0].startsWith('`')) token.lastIndex = codeEnds.get(match.index) ?? token.lastIndex;
    if (match[0] !== '[[') continue;
    link.lastIndex = match.index;
    const [, target = '', shown] = link.exec(paragraph) ?? [];
    // Of "[[[title]]" the second bracket begins a link, too.
    token.lastIndex = target === '' ? match.index + 1 : link.lastIndex;
    yield (shown === undefined ? target : target.replace(/\\$/, '')).trim();
  }
}

/** Where inline code ends that begins at a place: it does so by as many backticks. Backticks that have no partner are none. */
function codeEndsIn(paragraph: string): Map<number, number> {
  const ends = new Map<number, number>();
  const last = new Map<number, number>();
  for (const { 0: run, index } of paragraph.matchAll(/`+/g)) {
    const partner = last.get(run.length);
    if (partner !== undefined) ends.set(partner, index + run.length);
    last.set(run.length, index);
  }
  return ends;
}
