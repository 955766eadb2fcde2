import { foldPlain } from '../src/notes/search/plain-text';
import { TEXT_SEARCH_CONFIG } from '../src/notes/search/search-sql';
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

const wordsOf = (text: string): string[] => [...new Set(foldPlain(text)?.folded.match(/[a-z0-9]+/g))].sort();

/** The words that the database indexes of each text. */
async function indexed(texts: string[]): Promise<string[][]> {
  const { rows } = await library.client.query<{ words: string[] }>(
    `select tsvector_to_array(to_tsvector('${TEXT_SEARCH_CONFIG}', search_fold(value))) as words
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

describe('plain text', () => {
  it('is what most notes in languages of Latin letters are', () => {
    expect(plainCharacters.length).toBeGreaterThan(300);
  });

  it('has the words that the database indexes, for each of its characters', async () => {
    await expectSame(
      plainCharacters.flatMap((character) => [
        character,
        `a${character}b`,
        `1${character}2`,
        ` ${character}c `,
        `x ${character}${character}`,
      ]),
    );
  });

  it('has the words that the database indexes, whatever its characters are mixed to', async () => {
    const parts = [
      ...plainCharacters,
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
