import { DataSource } from 'typeorm';
import { NoteImport, type ImportedFields } from '../src/notes/note-import';
import { startTestApp, type TestApp } from './support/app';
import { readAll } from './support/client';
import { Notebooks } from './support/notebooks';
import { NOTES, type Note, Notes } from './support/notes';

let app: TestApp;
let dataSource: DataSource;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  dataSource = app.app.get(DataSource);
});

beforeEach(async () => {
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

const TIME = new Date('2020-02-29T12:34:56.789Z');

function fields(given: Partial<ImportedFields>): ImportedFields {
  return {
    title: null,
    body: null,
    url: null,
    tags: [],
    pinned: false,
    archivedAt: null,
    createdAt: TIME,
    updatedAt: TIME,
    ...given,
  };
}

/** Adds notes. @returns which were added. */
async function add(given: Partial<ImportedFields>[], userId = notes.user.userId): Promise<boolean[]> {
  const outcomes = await dataSource.transaction((manager) =>
    app.app.get(NoteImport).add(manager, userId, given.map(fields)),
  );
  return outcomes.map((outcome) => outcome === 'added');
}

const all = (): Promise<Note[]> => readAll<Note>(app.client, `${NOTES}?limit=100&sort=title`, notes.user.token);

/** The sequence numbers of the user's notes, and the last one given out. */
async function sequence(userId = notes.user.userId): Promise<{ seqs: number[]; last: number }> {
  const rows = await dataSource.query<{ seq: string }[]>('select seq from notes where user_id = $1 order by seq', [
    userId,
  ]);
  const [user] = await dataSource.query<{ change_seq: string }[]>('select change_seq from users where id = $1', [
    userId,
  ]);
  return { seqs: rows.map((row) => Number(row.seq)), last: Number(user?.change_seq) };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);

describe('importing notes', () => {
  it('takes a language that the file says, detects others, and counts both', async () => {
    await add([
      { title: 'a', language: 'de' },
      { title: 'b', body: 'Running databases is a book that everybody should read.' },
      { title: 'c' },
    ]);
    expect((await all()).map(({ language, isLanguageSet }) => [language, isLanguageSet])).toEqual([
      ['de', true],
      ['en', false],
      [null, false],
    ]);
    expect(await dataSource.query('select note_languages from users where id = $1', [notes.user.userId])).toEqual([
      { note_languages: { de: 1, en: 1 } },
    ]);
    expect((await notes.list('q=database')).data).toMatchObject([{ title: 'b' }]);
  });

  it('keeps what was given, tidied as a request would be', async () => {
    const archivedAt = new Date('2021-01-01T00:00:00.001Z');
    const updatedAt = new Date('2022-01-01T00:00:00.002Z');
    expect(
      await add([
        {
          title: ' A ',
          body: 'b',
          url: ' https://example.org/a ',
          tags: ['x', ' X', 'Y  z'],
          pinned: true,
          archivedAt,
          updatedAt,
        },
      ]),
    ).toEqual([true]);
    const [note] = await all();
    expect(note).toMatchObject({
      kind: 'bookmark',
      title: 'A',
      body: 'b',
      url: 'https://example.org/a',
      tags: ['x', 'Y z'],
      pinned: true,
      version: 1,
      deletedAt: null,
      archivedAt: archivedAt.toISOString(),
      createdAt: TIME.toISOString(),
      updatedAt: updatedAt.toISOString(),
    });
    expect((await notes.list('q=b tag:"y z" site:example.org x')).data).toEqual([
      expect.objectContaining({ id: note?.id }),
    ]);
  });

  it('leaves out what is there or came before, not what is in the trash, and says which', async () => {
    await notes.create({ title: 'note', body: 'there' });
    await notes.create({ url: 'https://example.org/there' });
    await notes.create({ title: 'bookmark', url: 'https://example.org/with-title' });
    await notes.trash((await notes.create({ title: 'note', body: 'trashed' })).id);
    await notes.trash((await notes.create({ url: 'https://example.org/trashed' })).id);
    await (await Notes.signUp(app.client)).create({ url: 'https://example.org/theirs' });
    const cases: [Partial<ImportedFields>, boolean][] = [
      [{ title: ' note ', body: 'there', tags: ['new'] }, false],
      [{ title: 'note', body: 'There' }, true],
      [{ title: 'Note', body: 'there' }, true],
      [{ title: 'note' }, true],
      [{ body: 'there' }, true],
      [{ title: 'note', body: 'trashed' }, true],
      [{ title: 'note', body: 'trashed', pinned: true }, false],
      [{ url: 'https://EXAMPLE.org/there/?utm_source=x#top', title: 'x' }, false],
      [{ url: 'https://example.org/trashed' }, true],
      [{ url: 'https://example.org/trashed?fbclid=1' }, false],
      [{ url: 'https://example.org/theirs' }, true],
      [{ title: 'bookmark' }, true],
      [{ title: 'https://example.org/there' }, true],
      [{ title: 'https://example.org/there' }, false],
    ];
    expect(await add(cases.map(([given]) => given))).toEqual(cases.map(([, added]) => added));
    expect(await add(cases.map(([given]) => given))).toEqual(cases.map(() => false));
    expect((await sequence()).seqs).toEqual([1, 2, 3, 5, 7, ...upTo(16).slice(7)]);
  });

  it('takes sequence numbers without gaps, in the order given', async () => {
    await add(upTo(50).map((at) => ({ title: `t${at % 40}`, body: 'x' })));
    expect(await sequence()).toEqual({ seqs: upTo(40), last: 40 });
    const titles = await dataSource.query<{ title: string }[]>(
      'select title from notes where user_id = $1 order by seq',
      [notes.user.userId],
    );
    expect(titles.slice(0, 3).map(({ title }) => title)).toEqual(['t1', 't2', 't3']);
    expect(await add([])).toEqual([]);
    expect((await sequence()).last).toBe(40);
  });

  it('puts notes into notebooks, which are found by name or made, before the notes that are in them', async () => {
    const notebooks = new Notebooks(app.client, notes.user);
    await notebooks.createPath('Work', 'Plans');
    await add([{ title: 'there', folders: ['Work'] }]);
    const cases: [Partial<ImportedFields>, boolean][] = [
      [{ title: '1', folders: ['work', 'PLANS'] }, true],
      [{ title: '2', folders: ['work', 'New', 'Newer'] }, true],
      [{ title: '3', folders: ['Work', 'new'] }, true],
      [{ title: '4', folders: [] }, true],
      [{ title: '5' }, true],
      [{ title: 'there', folders: ['Only', 'for a duplicate'] }, false],
    ];
    expect(await add(cases.map(([given]) => given))).toEqual(cases.map(([, added]) => added));
    expect(await notebooks.tree()).toEqual(['Work 1', 'Work/New 1', 'Work/New/Newer 1', 'Work/Plans 1']);
    expect((await notes.list('notebook=none')).data).toHaveLength(2);
    // Of the notebooks 1, 2, 4 and 5.
    expect(await sequence()).toEqual({ seqs: [3, 6, 7, 8, 9, 10], last: 10 });
    expect(await add(cases.map(([given]) => given))).toEqual(cases.map(() => false));
    expect(await sequence()).toMatchObject({ last: 10 });
  });

  it('joins the names of folders below the largest depth, and stays where there is room for notebooks', async () => {
    const notebooks = new Notebooks(app.client, notes.user);
    const deep = upTo(20).map(String);
    await add([
      { title: 'deep', folders: deep },
      { title: 'long', folders: [...upTo(15).map(String), ...upTo(60).map(() => 'long')] },
    ]);
    const found = await notebooks.tree();
    expect(found).toHaveLength(17);
    expect(found).toContain(`${deep.slice(0, 15).join('/')}/16 / 17 / 18 / 19 / 20 1`);
    expect(found).toContain(`${deep.slice(0, 15).join('/')}/${'long / '.repeat(60).slice(0, 100).trim()} 1`);
    await dataSource.query(
      `insert into notebooks (id, user_id, name, name_key, seq)
       select gen_random_uuid(), $1, 'n' || at, 'n' || at, 0 from generate_series(18, 9999) at`,
      [notes.user.userId],
    );
    await add([{ title: 'last', folders: ['one', 'two', 'three'] }]);
    expect((await notebooks.all()).filter(({ name }) => ['one', 'two'].includes(name))).toMatchObject([
      { name: 'one', parentId: null, noteCount: 1 },
    ]);
  });

  it('adds all of a transaction or nothing', async () => {
    const failed = dataSource.transaction(async (manager) => {
      await app.app.get(NoteImport).add(manager, notes.user.userId, [fields({ title: 'gone', tags: ['gone'] })]);
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    await expect(add([{ title: 'gone' }, {}])).rejects.toThrow('at least one of title, body and url');
    await expect(add([{ title: 'gone' }, { url: 'javascript:x' }])).rejects.toThrow('web address');
    expect([await all(), (await sequence()).last]).toEqual([[], 0]);
  });

  it('beside other imports and writes of the user neither deadlocks nor doubles', async () => {
    const tags = (at: number): string[] => upTo(12).map((tag) => `t${(tag * (at % 2 === 0 ? 1 : 11)) % 13}`);
    const batch = (start: number): Partial<ImportedFields>[] =>
      upTo(60).map((at) => ({
        url: `https://example.org/${(start + at) % 90}`,
        title: `t${at}`,
        tags: tags(start + at),
        folders: [`f${at % 3}`, `f${at % 5}`],
      }));
    const results = await Promise.all([
      ...[0, 30, 60, 45].map((start) => add(batch(start))),
      ...upTo(10).map(async (at) => [
        (await notes.send('POST', '', { url: `https://example.org/${at * 9}`, tags: tags(at) })).status === 201,
      ]),
    ]);
    expect(results.flat().filter(Boolean)).toHaveLength(91);
    const found = await all();
    expect(new Set(found.map((note) => note.url)).size).toBe(91);
    expect(found.every((note) => note.tags.length === 12)).toBe(true);
    const { seqs, last } = await sequence();
    expect([new Set(seqs).size, last]).toEqual([91, 91 + 18]);
    expect(await new Notebooks(app.client, notes.user).all()).toHaveLength(18);
  });

  it('holds a large batch with long texts', async () => {
    const given = upTo(300).map((at) => ({
      title: `t${at}`,
      body: `${at} ${'long text '.repeat(2_000)}`,
      tags: upTo(20).map((tag) => `tag ${(at * tag) % 500}`),
    }));
    expect((await add(given)).filter(Boolean)).toHaveLength(300);
    expect((await add(given)).filter(Boolean)).toHaveLength(0);
    expect((await sequence()).last).toBe(300);
  });
});
