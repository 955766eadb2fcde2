/** How much of a body is looked at for prose, and how much prose is looked at. */
export const BODY_CHARACTERS = 4_000;
const PROSE_CHARACTERS = 600;
/** A longer run without a blank is of a script without any, or none that counts. */
const WORD_CHARACTERS = 200;
/** Fewer letters say too little. */
const MIN_LETTERS = 24;

const FENCE = /^ {0,3}(?:```|~~~)/;
const INDENTED = /^(?:\t| {4})/;
const PUNCTUATION = /^\p{P}+|\p{P}+$/gu;
/** With the punctuation of scripts that are written without spaces. Not code, addresses, names of files, numbers. */
const WORDS = /^[\p{L}\p{M}'’\-、。，！？：；「」『』（）・]+$/u;

let detector: Promise<{ detect(text: string): { language: string; isReliable(): boolean } }> | undefined;

/**
 * The language that a note is written in, by its first words: a primary subtag of BCP 47 such as `en`; null when they are too few, or could be of
 * several languages. Takes a fraction of a millisecond, but the first time, when the tables are loaded.
 */
export async function detectLanguage(title: string | null, body: string | null): Promise<string | null> {
  const prose = proseOf(`${title ?? ''}\n${(body ?? '').slice(0, BODY_CHARACTERS)}`);
  if (prose.replace(/[^\p{L}]/gu, '').length < MIN_LETTERS) return null;
  detector ??= import('eld/extrasmall').then(({ eld }) => eld);
  const found = (await detector).detect(prose);
  return found.isReliable() ? found.language : null;
}

/** The words of a text in Markdown, without code. */
function proseOf(text: string): string {
  let isFenced = false;
  let prose = '';
  for (const line of text.split('\n')) {
    if (FENCE.test(line)) isFenced = !isFenced;
    else if (!isFenced && !INDENTED.test(line)) {
      const words = line.split(/\s+/).map((word) => word.slice(0, WORD_CHARACTERS).replace(PUNCTUATION, ''));
      prose += `${words.filter((word) => WORDS.test(word)).join(' ')} `;
    }
    if (prose.length > PROSE_CHARACTERS) break;
  }
  return prose.slice(0, PROSE_CHARACTERS);
}
