import type { Random } from './random';

const ONSETS = 'b c d f g h j k l m n p r s t v w z br ch cl dr fl gr pl pr sh st th tr'.split(' ');
const VOWELS = 'a e i o u a e i o u a e i o u ai ea ee ou é'.split(' ');
const CODAS = ['', '', '', 'n', 'r', 's', 't', 'l', 'm', 'nd', 'st'];

const SENTENCE = 12;
const PARAGRAPH = 70;

/** `size` different made-up words, the most frequent first; frequent ones are shorter, and some have accents. */
export function makeVocabulary(size: number, random: Random): string[] {
  const words = new Set<string>();
  while (words.size < size) {
    const syllables = words.size < size / 50 ? random.between(1, 2) : random.between(2, 4);
    const word = Array.from(
      { length: syllables },
      () => random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS),
    );
    words.add(word.join(''));
  }
  return [...words];
}

/** Indexes of `count` words as they follow each other in a text. */
export function drawWords(vocabulary: readonly string[], count: number, random: Random): number[] {
  return Array.from({ length: count }, () => random.zipf(vocabulary.length));
}

/** Writes words as Markdown: sentences in paragraphs. */
export function writeText(vocabulary: readonly string[], words: readonly number[]): string {
  let text = '';
  for (const [at, index] of words.entries()) {
    const word = vocabulary[index] ?? '';
    if (at % PARAGRAPH === 0) text += at === 0 ? capital(word) : `.\n\n${capital(word)}`;
    else if (at % SENTENCE === 0) text += `. ${capital(word)}`;
    else text += ` ${word}`;
  }
  return `${text}.`;
}

/** A sentence without spaces, of Chinese characters by Zipf's law. */
export function writeHan(length: number, random: Random): string {
  const characters = Array.from({ length }, () => String.fromCodePoint(0x4e00 + random.zipf(2_000)));
  return `${characters.join('')}。`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
