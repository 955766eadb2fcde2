/**
 * What belongs into a class of a regular expression for the characters of scripts that are written without spaces between words, or with endings that stick to them:
 * Thai, Lao, Myanmar, Khmer, Hangul, Hiragana, Katakana, Han. They are indexed as pairs by `search_grams()` (see the migration of that name), and found by any part.
 */
export const GRAMS =
  '\\u0E00-\\u0EFF\\u1000-\\u109F\\u1100-\\u11FF\\u1780-\\u17FF\\u3005\\u3041-\\u309F\\u30A1-\\u30FA\\u30FC-\\u30FF\\u3131-\\u318E\\u31F0-\\u31FF' +
  '\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7A3\\uF900-\\uFAFF\\uFF66-\\uFF9F';

/** Han characters outside the basic plane; kept apart, since offsets in text count them twice. */
const RARE_HAN = '\\u{20000}-\\u{3FFFF}';

const RUN = new RegExp(`[${GRAMS}${RARE_HAN}]+`, 'gu');

/**
 * What a term looks for.
 * @property words the term without runs of such characters; null when no letter or digit is left
 * @property grams a `tsquery` for each run, as PostgreSQL reads it
 */
export interface SplitTerm {
  words: string | null;
  grams: string[];
}

export function splitGrams(term: string): SplitTerm {
  const text = term.normalize('NFC');
  const runs = text.match(RUN);
  if (runs === null) return { words: term, grams: [] };
  const words = text.replace(RUN, ' ');
  return { words: /[\p{L}\p{N}]/u.test(words) ? words : null, grams: runs.map(gramsQuery) };
}

/** The pairs of a run, one after another; a single character is the beginning of a pair, or stands at the end of a run. No such character has a meaning in a `tsquery`. */
function gramsQuery(run: string): string {
  const characters = [...run];
  if (characters.length === 1) return `'${run}':*`;
  return characters
    .slice(1)
    .map((character, at) => `'${characters[at] ?? ''}${character}'`)
    .join(' <-> ');
}
