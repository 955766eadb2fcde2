import { Injectable } from '@nestjs/common';
import { type Statement, Statements } from '../../database/statements';

const FIND_STEMS: Statement = {
  name: 'find-stems',
  quick: true,
  text: `
    select search_stem(w.language, w.word) as stem from unnest($1::text[], $2::text[]) with ordinality as w(language, word, place)
    order by w.place`,
};

/** A word of a text in a language. */
export interface LanguageWord {
  language: string;
  word: string;
}

const MOST_WORDS = 50_000;

/** The stems of words, as the database indexes them. They never change, and most words come again and again: so they are remembered. */
@Injectable()
export class Stems {
  private readonly known = new Map<string, string | null>();

  constructor(private readonly statements: Statements) {}

  /**
   * One statement, or none when all are known.
   * @returns the stem of each word, in their order; null for a word that has none, as `the` in English.
   */
  async of(words: readonly LanguageWord[]): Promise<(string | null)[]> {
    const missing = [...new Map(words.map((each) => [keyOf(each), each]))].filter(([key]) => !this.known.has(key));
    const found = new Map<string, string | null>();
    if (missing.length > 0) {
      const rows = await this.statements.run<{ stem: string | null }>(FIND_STEMS, [
        missing.map(([, { language }]) => language),
        missing.map(([, { word }]) => word),
      ]);
      for (const [at, [key]] of missing.entries()) found.set(key, rows[at]?.stem ?? null);
    }
    const stems = words.map((each) => found.get(keyOf(each)) ?? this.known.get(keyOf(each)) ?? null);
    if (this.known.size + found.size > MOST_WORDS) this.known.clear();
    for (const [key, stem] of found) this.known.set(key, stem);
    return stems;
  }
}

function keyOf({ language, word }: LanguageWord): string {
  return `${language} ${word}`;
}
