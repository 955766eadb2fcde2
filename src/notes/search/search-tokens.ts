import { SearchWarning } from './search-node';

export const MAX_TERMS = 50;
export const MAX_DEPTH = 10;

export type FilterField = 'tag' | 'is' | 'has' | 'site' | 'created' | 'updated' | 'in';

export type SearchToken =
  | { kind: 'open' | 'close' | 'or' | 'not'; position: number }
  | { kind: 'word' | 'phrase'; position: number; text: string }
  | { kind: 'filter'; position: number; field: FilterField; value: string; text: string };

// Any quote opens and any closes: people mix them, and “Gänsefüßchen„ open differently from language to language.
const QUOTE = '"“”„‟«»＂';

const gap = /\s+/uy;
const quote = new RegExp(`[${QUOTE}]`, 'uy');
const phrase = new RegExp(`[${QUOTE}]([^${QUOTE}]*)[${QUOTE}]`, 'uy');
const run = new RegExp(`[^\\s()${QUOTE}]+`, 'uy');
// A hyphen before another (`--verbose`) or alone (`one - two`) is not NOT.
const not = /-(?![-\s)]|$)/uy;
const field = /(tag|is|has|site|created|updated|in):/iuy;

/**
 * Splits a search into tokens, of which the parentheses always match: one without its partner is left out or closed at the end.
 * Reads at most 50 terms and 10 levels of parentheses. Never throws: what it cannot read as meant becomes a warning.
 */
export function tokenize(input: string): { tokens: SearchToken[]; warnings: SearchWarning[] } {
  // Control characters stand for white space: nobody means them, and PostgreSQL refuses NUL.
  const query = input.replace(/\p{Cc}/gu, ' ');
  const tokens: SearchToken[] = [];
  const warnings: SearchWarning[] = [];
  const open: number[] = [];
  let position = 0;
  let terms = 0;

  const warn = (at: number, detail: string): void => void warnings.push({ position: at, detail });
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(query);
    if (match !== null) position = pattern.lastIndex;
    return match;
  };
  const skipLoneQuote = (): boolean => {
    const at = position;
    if (take(quote) === null) return false;
    warn(at, 'This quotation mark has no partner, so what follows is searched for as single words.');
    return true;
  };
  const readTerm = (): SearchToken | null => {
    const at = position;
    const name = take(field)?.[1]?.toLowerCase();
    if (name !== undefined) {
      const quoted = take(phrase)?.[1];
      if (quoted === undefined) skipLoneQuote();
      const value = quoted ?? take(run)?.[0] ?? '';
      return { kind: 'filter', position: at, field: name as FilterField, value, text: query.slice(at, position) };
    }
    const quoted = take(phrase)?.[1];
    if (quoted !== undefined) return { kind: 'phrase', position: at, text: quoted };
    if (skipLoneQuote()) return null;
    const text = take(run)?.[0] ?? '';
    const isOr = text === 'OR' && tokens.at(-1)?.kind !== 'not';
    return isOr ? { kind: 'or', position: at } : { kind: 'word', position: at, text };
  };

  while (position < query.length) {
    const at = position;
    if (take(gap) !== null) continue;
    if (take(not) !== null) {
      tokens.push({ kind: 'not', position: at });
    } else if (query[at] === '(') {
      if (open.length === MAX_DEPTH) {
        warn(at, `Parentheses may be nested ${MAX_DEPTH} deep: the rest of the search was left out.`);
        return { tokens, warnings };
      }
      open.push(at);
      tokens.push({ kind: 'open', position: at });
      position++;
    } else if (query[at] === ')') {
      if (open.pop() === undefined) warn(at, 'This parenthesis closes nothing, so it was left out.');
      else tokens.push({ kind: 'close', position: at });
      position++;
    } else {
      const token = readTerm();
      if (token === null) continue;
      if (token.kind !== 'or' && ++terms > MAX_TERMS) {
        warn(at, `A search has at most ${MAX_TERMS} terms: the rest was left out.`);
        return { tokens, warnings };
      }
      tokens.push(token);
    }
  }
  for (const at of open) warn(at, 'This parenthesis is never closed, so it was closed at the end.');
  return { tokens, warnings };
}
