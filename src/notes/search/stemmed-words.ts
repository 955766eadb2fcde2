import type { TextNode } from './search-node';
import { likeLetters } from './plain-text';

/** A single word of letters, with punctuation around it or not. */
const ONE_WORD = /^[^\p{L}\p{M}\p{N}]*(\p{L}[\p{L}\p{M}]+)[^\p{L}\p{M}\p{N}]*$/u;
const MOST_LETTERS = 60;
/** Of a text: whoever fills notes with words that begin alike would have a page ask for the stems of hundreds of thousands. */
const MOST_WORDS = 100;

/** The word that a term is looked for by its stem, too, in small letters; null for a phrase, the beginning of a word, and whatever is more or less than one word. */
export function stemmedWord(node: TextNode): string | null {
  if (node.type !== 'word' || node.prefix) return null;
  const word = ONE_WORD.exec(node.text.normalize('NFC'))?.[1]?.toLowerCase() ?? null;
  return word !== null && word.length <= MOST_LETTERS ? word : null;
}

/** Finds the words of a text that may have the stem of one of `words`: those that begin with the same two letters, accents and case aside. */
export class LikeWords {
  private readonly pattern: RegExp;

  constructor(words: readonly string[]) {
    const beginnings = words.map((word) => Array.from(word).slice(0, 2).map(likeLetters).join(''));
    // That a word begins there is looked at only where the letters are right.
    this.pattern = new RegExp(
      `(?:${[...new Set(beginnings)].join('|')})(?<=(?<![\\p{L}\\p{M}])..)[\\p{L}\\p{M}]*`,
      'giu',
    );
  }

  /** In small letters, each once, the first hundred. */
  in(text: string): string[] {
    const words = new Set<string>();
    for (const [found] of text.matchAll(this.pattern)) {
      const word = found.normalize('NFC').toLowerCase();
      if (word.length <= MOST_LETTERS) words.add(word);
      if (words.size === MOST_WORDS) break;
    }
    return [...words];
  }
}
