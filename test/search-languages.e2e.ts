import { DataSource } from 'typeorm';
import { NoteLanguages1764000020000 } from '../migrations/1764000020000-note-languages';
import { FillLanguages } from '../src/notes/languages/fill-languages';
import { SearchWords } from '../src/notes/search-words';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { type Hit, type Note, Notes } from './support/notes';

/*
 * The language of a note, and what is found by the stems of words in it.
 */

const TEXTS: Record<string, string> = {
  en: 'I spent the afternoon reading how databases keep their promises when the power fails, running from one page to the next.',
  de: 'Gestern habe ich den ganzen Nachmittag im Garten verbracht. Die Häuser in der Straße waren still, und die Bäume schön.',
  fr: "Hier, j'ai passé l'après-midi à lire un livre. Les données préférées des rois étaient rangées dans des forêts entières.",
  es: 'Ayer pasé toda la tarde leyendo sobre la historia de los jardines. El autor escribió canciones sobre las naciones.',
  it: 'Ieri ho passato tutto il pomeriggio a leggere un libro. Il re parlava sempre dei giardini e delle foreste intere.',
  nl: 'Gisteren heb ik de hele middag een boek gelezen over de geschiedenis van tuinen. De schrijver vertelt over koningen.',
  sv: 'I går läste jag hela eftermiddagen en bok om trädgårdarnas historia. Författaren berättar hur kungar planterade skogar.',
  fi: 'Eilen luin koko iltapäivän kirjaa puutarhojen historiasta. Kirjailija kertoo, kuinka kuninkaat istuttivat metsiä.',
  hu: 'Tegnap egész délután egy könyvet olvastam a kertek történetéről. A szerző régi házakról és királyokról mesél.',
  ru: 'Вчера я весь день читал книги об истории садов. Автор рассказывает, как короли сажали целые леса у большой улицы.',
  tr: 'Dün bütün öğleden sonra bahçelerin tarihi hakkında bir kitap okudum. Yazar eski kralların evlerini anlatıyor.',
  pl: 'Wczoraj przez całe popołudnie czytałem książkę o historii ogrodów. Autor opowiada, jak królowie sadzili lasy.',
  ja: '昨日は午後ずっと庭園の歴史についての本を読んでいました。作者は王様が森を植えた話をしています。',
};

let app: TestApp;
/** Has nothing but the texts in English, German, French, Spanish, Italian and Dutch; the other reader has the rest. */
let notes: Notes;
let others: Notes;
/** Writes what is not searched for. */
let writer: Notes;

beforeAll(async () => {
  app = await startTestApp();
  [notes, others, writer] = [
    await Notes.signUp(app.client),
    await Notes.signUp(app.client),
    await Notes.signUp(app.client),
  ];
  for (const [at, body] of Object.values(TEXTS).entries()) await (at < 6 ? notes : others).create({ body });
});

afterAll(() => app.close());

const hits = async (of: Notes, q: string, more: Record<string, string> = {}): Promise<Hit[]> =>
  (await of.list<Hit>(new URLSearchParams({ q, ...more }).toString())).data;

describe('the language of a note', () => {
  it('is that of its text', async () => {
    const found = [notes, others].map((reader) => reader.list('sort=createdAt'));
    const languages = (await Promise.all(found)).flatMap(({ data }) => data.map(({ language }) => language));
    expect(languages).toEqual(Object.keys(TEXTS));
  });

  it.each([
    { title: 'Tea' },
    { url: 'https://example.org/a-long-address-in-english/with-many-words-of-it' },
    { body: 'https://example.org/the/quick/brown/fox/jumps/over/the/lazy/dog.html 2026-03-01 14:30' },
    { body: '```\nthis is some code that looks like English prose to whoever reads it\n```' },
  ])('is not known of %j', async (fields) => {
    const { language, isLanguageSet } = await writer.create(fields);
    expect([language, isLanguageSet]).toEqual([null, false]);
  });

  it('can be set, which is an edit, and stays until it is to be detected again', async () => {
    const patch = async (id: string, body: object): Promise<Note> => (await writer.send('PATCH', `/${id}`, body)).body;
    const { id } = await writer.create({ title: 'Tea', language: 'DEU' });
    expect(await writer.read(id)).toMatchObject({ language: 'de', isLanguageSet: true, version: 1 });
    expect(await patch(id, { body: TEXTS.en })).toMatchObject({ language: 'de', isLanguageSet: true, version: 2 });
    expect(await patch(id, { language: 'de' })).toMatchObject({ version: 2 });
    expect(await patch(id, { language: null })).toMatchObject({ language: 'en', isLanguageSet: false, version: 3 });
    expect(await patch(id, { language: null, pinned: false })).toMatchObject({ version: 3 });
    expect(await patch(id, { language: 'en' })).toMatchObject({ language: 'en', isLanguageSet: true, version: 4 });
    expect(await patch(id, { language: 'und' })).toMatchObject({ language: 'und', isLanguageSet: true, version: 5 });
    const revisions = await writer.send<{ data: object[] }>('GET', `/${id}/revisions`);
    expect(revisions.body.data).toHaveLength(1);
  });

  it('can be set by a JSON patch, which else leaves it detected', async () => {
    const { id } = await writer.create({ body: TEXTS.fr });
    const patch = async (...operations: object[]): Promise<Note> => {
      const headers = { 'content-type': 'application/json-patch+json' };
      return (await writer.send('PATCH', `/${id}`, operations, headers)).body;
    };
    const test = { op: 'test', path: '/language', value: 'fr' };
    expect(await patch(test, { op: 'replace', path: '/pinned', value: true })).toMatchObject({ isLanguageSet: false });
    expect(await patch({ op: 'add', path: '/language', value: 'fr' })).toMatchObject({ isLanguageSet: true });
    expect(await patch(test, { op: 'remove', path: '/pinned' })).toMatchObject({ language: 'fr', isLanguageSet: true });
    expect(await patch({ op: 'remove', path: '/language' })).toMatchObject({ language: 'fr', isLanguageSet: false });
  });

  it('can be set in a batch', async () => {
    const operations = [{ op: 'create', note: { title: 'Tee', language: 'de' } }];
    const { body } = await writer.send<{ results: { note: Note }[] }>('POST', '/batch', { operations });
    expect(body.results[0]?.note).toMatchObject({ language: 'de', isLanguageSet: true });
  });

  it.each(['', 'd', 'de-CH', 'german', 'd1', 7, ['de'], 'дэ'])('is not %j', async (language) => {
    const { errors } = await writer.refusal(400, 'POST', '', { title: 'x', language });
    expect(errors).toEqual([
      {
        pointer: '#/language',
        detail: 'must be a primary language subtag of two or three letters, such as de',
        code: 'isLanguage',
      },
    ]);
  });
});

describe('a search for another form of a word', () => {
  it.each([
    ['database run', ['en']],
    ['Promise', ['en']],
    ['haus', ['de']],
    ['hauser straßen', ['de']],
    ['schöner baum', ['de']],
    ['donnée préférés', ['fr']],
    ['rangé forêt', ['fr']],
    ['canción', ['es']],
    ['giardino', ['it']],
    ['koning', ['nl']],
    ['berätta', ['sv']],
    ['kirjailijan', ['fi']],
    ['ház', ['hu']],
    ['книга король', ['ru']],
    ['bahçe', ['tr']],
    ['the', ['en']],
    ['"database"', []],
    ['datab*', ['en']],
    ['afternoon -database', ['en']],
    ['afternoon -databases', []],
    ['-(-database)', []],
    ['database OR haus', ['en', 'de']],
  ])('%s finds the notes in %j', async (q, expected) => {
    for (const more of [undefined, { sort: 'title' }]) {
      const found = [...(await hits(notes, q, more)), ...(await hits(others, q, more))];
      expect(found.map(({ language }) => language).sort()).toEqual(expected.toSorted());
    }
  });

  it('finds them only in notes of that language, and puts what was typed first', async () => {
    const reader = await Notes.signUp(app.client);
    const make = async (fields: object): Promise<string> => (await reader.create({ ...fields })).id;
    const inTitle = await make({ title: 'new databases', language: 'en' });
    const exact = await make({ body: 'a database for the kitchen, and then some', language: 'en' });
    const unknown = await make({ body: 'database' });
    await make({ title: 'databases' });
    await make({ title: 'news', language: 'de' });
    const inBody = await make({ body: 'databases databases databases databases', language: 'en' });
    expect((await hits(reader, 'database')).map(({ id }) => id)).toEqual([inTitle, unknown, exact, inBody]);
    // To the German stemmer, "news" is a form of "new".
    expect((await hits(reader, 'news')).map(({ title }) => title)).toEqual(['news']);
  });

  it('is not corrected to a stem', async () => {
    await app.app.get(SearchWords).run(new AbortController().signal);
    const words = await query<{ word: string }>(
      app.databaseUrl,
      `select word from search_words where user_id = $1 and (word like '%=%' or word = 'databases')`,
      [notes.user.userId],
    );
    expect(words).toEqual([{ word: 'databases' }]);
  });

  it('marks them, in texts of any script', async () => {
    const marks = async (q: string, of = notes): Promise<string[]> =>
      (await hits(of, q)).flatMap(({ highlights }) =>
        Array.from(
          `${highlights.title ?? ''}${highlights.body ?? ''}`.matchAll(/<mark>(.*?)<\/mark>/g),
          ([, word]) => word ?? '',
        ),
      );
    expect(await marks('database run')).toEqual(['databases', 'running']);
    expect(await marks('haus')).toEqual(['Häuser']);
    expect(await marks('préférés')).toEqual(['préférées']);
    expect(await marks('книга', others)).toEqual(['книги']);
    expect(await marks('"database" OR promise')).toEqual(['promises']);
  });

  it('is what facets and saved searches look for, too', async () => {
    const facets = await app.client.request<{ total: object }>('GET', `/api/v1/notes/facets?q=database`, {
      token: notes.user.token,
    });
    expect(facets.body.total).toEqual({ count: 1, isExact: true });
    const saved = await app.client.request<{ id: string }>('POST', '/api/v1/searches', {
      token: notes.user.token,
      body: { name: 'houses', q: 'haus' },
    });
    expect((await notes.list(`search=${saved.body.id}`)).data).toMatchObject([{ language: 'de' }]);
  });
});

describe('the search vector', () => {
  const vectorOf = async (body: string): Promise<{ length: number; stems: number }> => {
    const { id } = await writer.create({ body, language: 'en' });
    const [row] = await query<{ length: number; stems: number }>(
      app.databaseUrl,
      `select length(search), (select count(*)::integer from unnest(tsvector_to_array(search)) w where w like 'en=%') as stems from notes where id = $1`,
      [id],
    );
    return row ?? { length: 0, stems: 0 };
  };

  it('has room for the stems of a long text, and only words where there is none', async () => {
    const long = await vectorOf('He was running and walking through the cities. '.repeat(20_000));
    expect(long).toEqual({ length: 8 + 3, stems: 3 });
    const words = Array.from({ length: 90_000 }, (_, at) => `word${at.toString(36)}`).join(' ');
    expect(await vectorOf(words)).toEqual({ length: expect.any(Number), stems: 0 });
  }, 30_000);

  it.each([
    ['a word that is too long without its accents', `${'Ⅷ'.repeat(512)} running`],
    ['a word that its language makes too long', `${'x'.repeat(2_046)} running`],
    ['letters that are folded to quotes', 'п’ять пʼять ʼ ŉ \\ naïve running'],
  ])('bears %s', async (_, body) => {
    expect((await vectorOf(body)).length).toBeGreaterThan(0);
  });
});

it('the migration goes back, and forward again, where a task finds out the languages of what is there', async () => {
  const rows = (): Promise<object[]> =>
    query(
      app.databaseUrl,
      `select id, search::text, language, version, seq, updated_at from notes where user_id = $1 and not language_set order by id`,
      [notes.user.userId],
    );
  const stems = (): Promise<object[]> =>
    query(app.databaseUrl, `select id from notes where search::text like '%=%' and user_id = $1`, [notes.user.userId]);
  const before = await rows();
  const runner = app.app.get(DataSource).createQueryRunner();
  const migration = new NoteLanguages1764000020000();
  await migration.down(runner);
  expect(await stems()).toEqual([]);
  await migration.up(runner);
  await runner.release();
  expect(await stems()).toEqual([]);
  // In what languages `notes` writes is not looked up before it is known again.
  expect(await hits(others, 'книги')).toMatchObject([{ language: null }]);
  await app.app.get(FillLanguages).run(new AbortController().signal);
  expect(await rows()).toEqual(before);
  const fresh = await query(app.databaseUrl, `select from users where language_seq is not null`);
  expect(fresh).toEqual([]);
  expect(await hits(notes, 'haus')).toMatchObject([{ language: 'de' }]);
}, 30_000);
