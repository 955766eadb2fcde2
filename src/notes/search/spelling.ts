import { tokenize } from './search-tokens';

/** A word of a search that may be misspelt. */
export interface TypedWord {
  /** Where it begins in the search, in UTF-16 code units. */
  position: number;
  text: string;
}

/** Most words of a search that are looked at. */
const MAX_WORDS = 8;

/** A whole word of letters; one that a star ends is not meant to be whole. */
const WORD = /(?<![\p{L}\p{M}\p{N}])[\p{L}\p{M}]{3,40}(?![\p{L}\p{M}\p{N}*])/gu;

/** The words of a search that should be in notes: not those in quotation marks, which are meant as they are, nor those that should not be there. */
export function typedWords(query: string): TypedWord[] {
  const words: TypedWord[] = [];
  let excluded = false;
  /** How many parentheses are open since the excluded one, with it. */
  let depth = 0;
  for (const token of tokenize(query).tokens) {
    if (token.kind === 'not') {
      excluded = true;
      continue;
    }
    if (excluded && token.kind === 'open') depth += 1;
    if (excluded && token.kind === 'close') depth -= 1;
    if (!excluded && token.kind === 'word') {
      for (const { 0: text, index } of token.text.matchAll(WORD))
        words.push({ position: token.position + index, text });
    }
    if (depth === 0) excluded = false;
  }
  return words.slice(0, MAX_WORDS);
}

/** The words that typing two neighbouring letters the wrong way round would make of it: short ones have too few trigrams in common with it. */
export function swapped(word: string): string[] {
  const letters = [...word];
  const swaps = letters.slice(1).map((letter, at) =>
    letters
      .slice(0, at)
      .concat(letter, letters[at] ?? '', letters.slice(at + 2))
      .join(''),
  );
  return swaps.filter((swap) => swap !== word);
}

/** The one of `words` that is the fewest slips away from `typed`, of those as many one as long, or else the first; null when none is near. */
export function nearest(typed: string, words: readonly string[]): string | null {
  const most = [...typed].length < 6 ? 1 : 2;
  const near = words.map((word) => ({ word, slips: slipsBetween(typed, word) })).filter(({ slips }) => slips <= most);
  const longer = (word: string): number => Math.abs(word.length - typed.length);
  return near.sort((a, b) => a.slips - b.slips || longer(a.word) - longer(b.word))[0]?.word ?? null;
}

/**
 * How many letters must be added, left out, replaced or swapped with their neighbour to make one word of the other: the "optimal string alignment" distance
 * (Damerau, "A technique for computer detection and correction of spelling errors", 1964).
 */
export function slipsBetween(from: string, to: string): number {
  const [a, b] = [[...from], [...to]];
  let [older, old] = [[] as number[], b.map((_, at) => at + 1)];
  for (const [i, letter] of a.entries()) {
    const row: number[] = [];
    for (const [j, other] of b.entries()) {
      const [left, up, corner] = [row[j - 1] ?? i + 1, old[j] ?? 0, old[j - 1] ?? i];
      const swaps = letter === b[j - 1] && other === a[i - 1] ? (older[j - 2] ?? i - 1) + 1 : Infinity;
      row.push(Math.min(left + 1, up + 1, corner + (letter === other ? 0 : 1), swaps));
    }
    [older, old] = [old, row];
  }
  return old.at(-1) ?? a.length;
}
