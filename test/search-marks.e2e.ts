import { GRAMS } from '../src/notes/search/grams';
import { foldPlain } from '../src/notes/search/plain-text';
import { startTestApp, type TestApp } from './support/app';
import { type Hit, Notes } from './support/notes';
import { SearchLibrary } from './support/search-library';

/*
 * What the server reads of a text to mark hits in it must be what the database indexed.
 */

let library: SearchLibrary;

beforeAll(async () => {
  library = await SearchLibrary.create({});
});

afterAll(() => library.drop());

const RUNS = new RegExp(`[${GRAMS}]+`, 'g');

const IS_GRAM = new RegExp(`^[${GRAMS}]`);

/** Words, and of each run of a script without spaces the pairs of characters, and the last one alone. */
function wordsOf(text: string): string[] {
  const folded = foldPlain(text)?.folded ?? '';
  const pairs = (folded.match(RUNS) ?? []).flatMap((run) => Array.from(run, (_, at) => run.slice(at, at + 2)));
  return [...new Set([...(folded.match(/[a-z0-9]+/g) ?? []), ...pairs])].sort();
}

/** The words that the database indexes of each text. */
async function indexed(texts: string[]): Promise<string[][]> {
  const { rows } = await library.client.query<{ words: string[] }>(
    `select tsvector_to_array(search_text_vector(search_fold(value))) as words
     from unnest($1::text[]) with ordinality as t(value, place) order by place`,
    [texts],
  );
  return rows.map(({ words }) => words.sort());
}

async function expectSame(texts: string[]): Promise<void> {
  const found = await indexed(texts);
  const differ = texts.filter(
    (text, at) => foldPlain(text) !== null && found[at]?.join(' ') !== wordsOf(text).join(' '),
  );
  expect(differ.map((text) => [text, wordsOf(text)])).toEqual([]);
}

const plainCharacters = Array.from({ length: 0xffff }, (_, at) => String.fromCharCode(at + 1)).filter(
  (character) => foldPlain(character) !== null,
);

/** Of the thousands of characters of scripts without spaces, some. */
const someCharacters = plainCharacters.filter((character, at) => !IS_GRAM.test(character) || at % 50 === 0);

describe('plain text', () => {
  it('is what most notes in languages of Latin letters are', () => {
    expect(plainCharacters.length).toBeGreaterThan(300);
  });

  it('has the words that the database indexes, for each of its characters', async () => {
    await expectSame(plainCharacters.map((character) => `a${character}b`));
    await expectSame(
      someCharacters.flatMap((character) => [
        character,
        `1${character}2`,
        ` ${character}c `,
        `x ${character}${character}`,
      ]),
    );
  });

  it('has the words that the database indexes, whatever its characters are mixed to', async () => {
    const parts = [
      ...someCharacters,
      ..."http:// www. .com & &amp; <b> </a> # -1 1.5e3 e10 @x.org ../ C:\\ a_b $ % 's".split(' '),
    ];
    let seed = 42;
    const next = (bound: number): number => (seed = (seed * 48271) % 2147483647) % bound;
    for (let round = 0; round < 10; round += 1) {
      await expectSame(
        Array.from({ length: 1_000 }, () =>
          Array.from({ length: 1 + next(30) }, () => parts[next(3) === 0 ? next(parts.length) : next(100)]).join(''),
        ),
      );
    }
  });
});

describe('a search', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });

  afterAll(() => app.close());

  it('marks hits alike in texts of any language, in any order of the page', async () => {
    const reader = await Notes.signUp(app.client);
    const marked: Record<string, object> = {};
    for (const [at, [title, body]] of [
      ['Straße', 'Die STRASSE'],
      ['Улица', 'strasse, «Straße»'],
      ['道路 strasse', 'nothing'],
      ['plain', 'nothing but a Straße'],
    ].entries()) {
      const { id } = await reader.create({ title, body });
      marked[id] =
        [
          { title: '<mark>Straße</mark>', body: 'Die <mark>STRASSE</mark>' },
          { body: '<mark>strasse</mark>, «<mark>Straße</mark>' },
          { title: '道路 <mark>strasse</mark>' },
          { body: 'nothing but a <mark>Straße</mark>' },
        ][at] ?? {};
    }
    await reader.create({ title: 'without' });
    for (const more of ['', '&sort=title', '&sort=-createdAt']) {
      const { data } = await reader.list<Hit>(`q=strasse${more}`);
      expect(Object.fromEntries(data.map((hit) => [hit.id, hit.highlights]))).toEqual(marked);
    }
    const [russian] = (await reader.list<Hit>(`q=${encodeURIComponent('улица')}`)).data;
    expect(russian?.highlights).toEqual({ title: '<mark>Улица</mark>' });
  });
});
