import type { NoteHeadlines } from '../note-row';
import { HIGHLIGHT_START, HIGHLIGHT_STOP } from './highlights';
import { GRAMS } from './grams';
import { foldPlain, type PlainText } from './plain-text';
import type { TextNode } from './search-node';

/** Hits are looked for in no more than this many characters of a body, lest one long note makes a search slow. */
export const BODY_CHARACTERS = 20_000;
const PASSAGES = 2;
const PASSAGE_WORDS = 30;
/** Of a passage, how many words before its first hit, and how far back they are looked for. */
const WORDS_BEFORE = 7;
const CHARACTERS_BEFORE = 200;
const BETWEEN_PASSAGES = ' … ';

/** A word, or a run of a script without spaces. */
const WORD = new RegExp(`[a-z0-9]+|[${GRAMS}]+`, 'g');
const IS_GRAMS = new RegExp(`^[${GRAMS}]`);
/** What a passage is measured in: some characters of such a run count as a word. */
const STEP = new RegExp(`[a-z0-9]+|[${GRAMS}]{1,4}`, 'g');

/** A word that was searched for: offsets in folded text. */
interface Hit {
  start: number;
  end: number;
  word: string;
}

interface Passage {
  start: number;
  end: number;
  hits: Hit[];
}

/** Puts markers around what matched, as `ts_headline()` does, for texts that can be read without the database. */
export class HitMarker {
  private constructor(private readonly pattern: RegExp) {}

  /**
   * @param texts what any of may be there
   * @param forms single words of the text that are hits, too
   * @returns null when one of them is not plain (see `foldPlain`)
   */
  static of(texts: readonly TextNode[], forms: readonly string[] = []): HitMarker | null {
    const terms: string[][] = [];
    const runs: string[] = [];
    for (const node of texts) {
      const found = foldPlain(node.text.normalize('NFC'))?.folded.match(WORD);
      if (found === undefined) return null;
      const isPrefix = node.type === 'word' && node.prefix;
      const words = (found ?? []).filter((word) => !IS_GRAMS.test(word));
      if (words.length > 0) terms.push(words.map((word) => (isPrefix ? `${word}[a-z0-9]*` : word)));
      runs.push(...(found ?? []).filter((word) => IS_GRAMS.test(word)));
    }
    for (const form of forms) {
      const folded = foldPlain(form)?.folded;
      if (folded === undefined) return null;
      terms.push([folded]);
    }
    // Of two that begin at the same place, the longer one is marked.
    const patterns = terms.sort((a, b) => b.length - a.length).map((words) => words.join('[^a-z0-9]+'));
    const substrings = runs.sort((a, b) => b.length - a.length);
    const whole = patterns.length === 0 ? [] : [`(?<![a-z0-9])(?:${patterns.join('|')})(?![a-z0-9])`];
    const all = [...whole, ...substrings];
    // Without a word in it, a search marks nothing.
    return new HitMarker(new RegExp(all.length === 0 ? '(?!)' : all.join('|'), 'g'));
  }

  /** The title with every hit, and passages of the body; null when one of them is not plain. */
  mark(note: NoteHeadlines): NoteHeadlines | null {
    const [title, body] = [note.title ?? '', (note.body ?? '').slice(0, BODY_CHARACTERS)];
    const [plainTitle, plainBody] = [foldPlain(title), foldPlain(body)];
    if (plainTitle === null || plainBody === null) return null;
    return { title: this.all(title, plainTitle), body: this.passages(body, plainBody) };
  }

  private all(text: string, plain: PlainText): string {
    return mark(text, plain, { start: 0, end: plain.folded.length, hits: this.hitsIn(plain.folded) });
  }

  /** The passages that have the most of what was searched for, at most two; empty without a hit. */
  private passages(text: string, plain: PlainText): string {
    const best = passagesOf(plain.folded, this.hitsIn(plain.folded))
      .map((passage) => ({ passage, words: new Set(passage.hits.map((hit) => hit.word)).size }))
      .sort((a, b) => b.words - a.words)
      .slice(0, PASSAGES)
      .map(({ passage }) => passage)
      .sort((a, b) => a.start - b.start);
    return best.map((passage) => mark(text, plain, passage)).join(BETWEEN_PASSAGES);
  }

  private hitsIn(folded: string): Hit[] {
    return [...folded.matchAll(this.pattern)].flatMap(({ 0: found, index }) => wordsIn(found, index));
  }
}

function wordsIn(folded: string, offset: number): Hit[] {
  return [...folded.matchAll(WORD)].map(({ 0: word, index }) => {
    const start = offset + index;
    return { start, end: start + word.length, word };
  });
}

/** Cuts out what is around the hits: each passage takes in those that follow its first one. */
function passagesOf(folded: string, hits: Hit[]): Passage[] {
  const passages: Passage[] = [];
  for (const hit of hits) {
    const last = passages.at(-1);
    if (last !== undefined && hit.end <= last.end) last.hits.push(hit);
    else passages.push({ ...boundsAround(folded, hit, last?.end ?? 0), hits: [hit] });
  }
  return passages;
}

function boundsAround(folded: string, hit: Hit, least: number): { start: number; end: number } {
  const from = Math.max(least, hit.start - CHARACTERS_BEFORE);
  const before = [...folded.slice(from, hit.start).matchAll(STEP)].map(({ index }) => from + index);
  // The first word may have been cut.
  if (from > least) before.shift();
  const start = before.at(-WORDS_BEFORE) ?? before[0] ?? hit.start;
  const words = new RegExp(STEP);
  words.lastIndex = start;
  let end = hit.end;
  for (let count = 0; count < PASSAGE_WORDS && words.test(folded); count += 1) end = Math.max(end, words.lastIndex);
  return { start, end };
}

function mark(text: string, { sourceOf }: PlainText, { start, end, hits }: Passage): string {
  let marked = '';
  let done = sourceOf(start);
  for (const hit of hits) {
    const [from, to] = [sourceOf(hit.start), sourceOf(hit.end)];
    marked += `${text.slice(done, from)}${HIGHLIGHT_START}${text.slice(from, to)}${HIGHLIGHT_STOP}`;
    done = to;
  }
  return marked + text.slice(done, sourceOf(end));
}
