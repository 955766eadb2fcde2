import { GRAMS } from './grams';

/** Letters that are another one, or two, without their accent, where Unicode does not say so itself. */
const LETTERS: Record<string, string> = Object.fromEntries(
  'Æae æae Ðd ðd Øo øo Þth þth ßss đd Đd Ħh ħh ıi Ĳij ĳij ĸq Ŀl ŀl Łl łl Ŋn ŋn Œoe œoe Ŧt ŧt ſs'
    .split(' ')
    .map((pair) => [pair.charAt(0), pair.slice(1)]),
);

/** The letters of Latin-1 and Latin Extended-A but ŉ, which is folded to a blank and a letter. */
const LATIN = 'À-ÖØ-öø-\u0148Ŋ-ſ';
/** What stands between words, for PostgreSQL too. `~` and control characters do not always. */
const BETWEEN = '\\u00A0¡§«°´·»¿×÷‐-―‘-„†•…′″‹›€';

/** Punctuation of East Asian texts. */
const BETWEEN_GRAMS =
  '\\u3000-\\u3003\\u3008-\\u3011\\u3014-\\u301B\\u30FB\\uFF01\\uFF08\\uFF09\\uFF0C\\uFF1A\\uFF1B\\uFF1F';

const PLAIN = new RegExp(`^[\\t\\n\\r -}${LATIN}${BETWEEN}${GRAMS}${BETWEEN_GRAMS}]*$`, 'u');
const NOT_ASCII = /[^\0-\x7F]/g;
const LATIN_LETTER = new RegExp(`[${LATIN}]`, 'u');
const GRAM = new RegExp(`[${GRAMS}]`, 'u');

/** PostgreSQL reads `12e3ab` as a number and a word. */
const NUMBER_AND_WORD = /(?<![a-z0-9])[0-9]+e[0-9]+[a-z]/;

const folds = new Map<string, string>();

const ACCENTED = Array.from({ length: 0x180 - 0xc0 }, (_, at) => String.fromCharCode(0xc0 + at)).filter((character) =>
  LATIN_LETTER.test(character),
);

/** Text as `search_fold()` makes it, as far as words are concerned: `[a-z0-9]+` is a word, characters of scripts without spaces stay as they are, all else stands between words. */
export interface PlainText {
  folded: string;
  /** Where in the text it was made of a word begins or ends that begins or ends at an offset of `folded`. */
  sourceOf(offset: number): number;
}

/**
 * Folds text of Latin letters, of scripts without spaces, and of common punctuation exactly as PostgreSQL does (`test/search-marks.e2e.ts` compares them), without asking it.
 * @returns null for any other text: what a word is there, the database's own tables decide
 */
export function foldPlain(text: string): PlainText | null {
  // Runs of characters are indexed in their composed form.
  if (!PLAIN.test(text) || (GRAM.test(text) && text !== text.normalize('NFC'))) return null;
  // Where in the folded text the second letter of two is that were one.
  const added: number[] = [];
  const ascii = text.replace(NOT_ASCII, (character: string, at: number) => {
    const fold = foldCharacter(character);
    if (fold.length > 1) added.push(at + added.length + 1);
    return fold;
  });
  const folded = ascii.toLowerCase();
  if (NUMBER_AND_WORD.test(folded)) return null;
  return {
    folded,
    sourceOf: (offset) => offset - added.filter((at) => at < offset).length,
  };
}

/** What belongs into a class of a regular expression for a letter and those that only an accent tells from it. */
export function likeLetters(letter: string): string {
  const base = LATIN_LETTER.test(letter) ? foldCharacter(letter).charAt(0) : letter.normalize('NFD').charAt(0);
  const like = ACCENTED.filter((character) => foldCharacter(character).charAt(0) === base);
  return `[${letter}${base}${like.join('')}]`;
}

function foldCharacter(character: string): string {
  const known = folds.get(character);
  if (known !== undefined) return known;
  const letter = LETTERS[character] ?? character.normalize('NFD').charAt(0);
  const fold = LATIN_LETTER.test(character) ? letter : GRAM.test(character) ? character : ' ';
  folds.set(character, fold);
  return fold;
}
