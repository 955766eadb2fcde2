import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { type Notebook, Notebooks } from './support/notebooks';
import { type Note, Notes } from './support/notes';

const NOWHERE = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';

let app: TestApp;
let notes: Notes;
let notebooks: Notebooks;

beforeAll(async () => {
  app = await startTestApp();
});

beforeEach(async () => {
  notes = await Notes.signUp(app.client);
  notebooks = new Notebooks(app.client, notes.user);
});

afterAll(() => app.close());

const sql = <Row extends object>(text: string, values: unknown[] = []) => query<Row>(app.databaseUrl, text, values);
const titlesOf = async (filter: string): Promise<(string | null)[]> =>
  (await notes.list(filter)).data.map(({ title }) => title).toSorted();
const restore = async (note: Note): Promise<Note> => (await notes.send('POST', `/${note.id}/restore`)).body;

/** Adds notes without more than they must have. */
async function fill(notebook: Notebook | undefined, count: number): Promise<void> {
  await sql(
    `insert into notes (id, user_id, title, title_key, seq, created_at, updated_at, notebook_id, search)
     select gen_random_uuid(), $1, 'n' || at, 'n' || at, 0, now(), now(), $2, '' from generate_series(1, $3::int) at`,
    [notes.user.userId, notebook?.id, count],
  );
}

describe('a note', () => {
  it('is made in a notebook, moved, taken out, and keeps its place in other changes', async () => {
    const [a, b] = [await notebooks.create('a'), await notebooks.create('b')];
    const note = await notes.create({ title: 'x', notebookId: a.id.toUpperCase() });
    expect([note.notebookId, await notes.read(note.id)]).toEqual([a.id, note]);
    const patch = async (body: object): Promise<Note> => (await notes.send('PATCH', `/${note.id}`, body)).body;
    expect(await patch({ notebookId: b.id })).toMatchObject({ notebookId: b.id, version: 2 });
    expect(await patch({ notebookId: b.id })).toMatchObject({ version: 2 });
    expect(await patch({ title: 'y' })).toMatchObject({ notebookId: b.id, version: 3 });
    await notes.trash(note.id);
    expect(await restore(note)).toMatchObject({ notebookId: b.id, version: 5 });
    expect(await patch({ notebookId: null })).toMatchObject({ notebookId: null, version: 6 });
    expect((await notes.create({ title: 'z', notebookId: null })).notebookId).toBeNull();
  });

  it('is refused in a notebook that is unknown, another user’s, or no id, and points to the field', async () => {
    const stranger = new Notebooks(app.client, await app.client.signUp());
    const theirs = await stranger.create('theirs');
    const { id } = await notes.create({ title: 'x' });
    for (const notebookId of [NOWHERE, theirs.id, 'x', 7, '']) {
      for (const [method, path] of [
        ['POST', ''],
        ['PATCH', `/${id}`],
      ] as const) {
        const problem = await notes.refusal(400, method, path, { title: 'y', notebookId });
        expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['#/notebookId']);
      }
    }
    expect(await notes.read(id)).toMatchObject({ title: 'x', version: 1 });
    await expect(
      sql(`update notes set notebook_id = $1 where user_id = $2`, [theirs.id, notes.user.userId]),
    ).rejects.toThrow('notes_notebook_fkey');
  });
});

describe('a list of notes', () => {
  it('is of a notebook with all below it, or of those in none', async () => {
    const [outer, inner, innermost] = await notebooks.createPath('outer', 'inner', 'innermost');
    const other = await notebooks.create('other');
    await notes.create({ title: 'none', pinned: true });
    await notes.create({ title: 'in outer', notebookId: outer?.id, tags: ['t'] });
    await notes.create({ title: 'in inner', notebookId: inner?.id, pinned: true });
    await notes.create({ title: 'in innermost', notebookId: innermost?.id, tags: ['t'] });
    await notes.create({ title: 'in other', notebookId: other.id, tags: ['t'] });
    await notes.trash((await notes.create({ title: 'trashed', notebookId: inner?.id })).id);
    expect(await titlesOf(`notebook=${outer?.id}`)).toEqual(['in inner', 'in innermost', 'in outer']);
    expect(await titlesOf(`notebook=${inner?.id.toUpperCase()}`)).toEqual(['in inner', 'in innermost']);
    expect(await titlesOf(`notebook=${other.id}`)).toEqual(['in other']);
    expect(await titlesOf('notebook=none')).toEqual(['none']);
    expect(await titlesOf(`notebook=${outer?.id}&trashed=true`)).toEqual(['trashed']);
    expect(await titlesOf(`notebook=${outer?.id}&tag=t&sort=title`)).toEqual(['in innermost', 'in outer']);
    expect(await titlesOf(`notebook=${outer?.id}&pinned=true&q=inner`)).toEqual(['in inner']);
    expect(await titlesOf(`notebook=${NOWHERE}`)).toEqual([]);
    const stranger = await Notes.signUp(app.client);
    expect((await stranger.list(`notebook=${outer?.id}`)).data).toEqual([]);
    for (const wrong of ['x', '', 'all', `${outer?.id}&notebook=none`]) {
      expect((await notes.refusal(400, 'GET', `?notebook=${wrong}`)).errors?.[0]?.pointer).toBe('?notebook');
    }
  });

  it('joins up page by page', async () => {
    const [outer, inner] = await notebooks.createPath('outer', 'inner');
    await fill(outer, 23);
    await fill(inner, 24);
    await fill(undefined, 25);
    for (const [filter, count] of [
      [`notebook=${outer?.id}`, 47],
      [`notebook=${inner?.id}&sort=title`, 24],
      ['notebook=none', 25],
    ] as const) {
      const found = new Set<string>();
      let cursor = '';
      do {
        const { data, page } = await notes.list(`${filter}&limit=10${cursor}`);
        for (const { id } of data) found.add(id);
        cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
      } while (cursor !== '');
      expect([filter, found.size]).toEqual([filter, count]);
    }
  });
});

describe('a search with in:', () => {
  it('finds what is in any notebook of the name, and below it', async () => {
    const [work, plans] = await notebooks.createPath('Work', 'My plans');
    const other = await notebooks.create('my PLANS');
    await notes.create({ title: 'tea', notebookId: work?.id });
    await notes.create({ title: 'tea plan', notebookId: plans?.id });
    await notes.create({ title: 'coffee plan', notebookId: other.id });
    await notes.create({ title: 'tea in:work' });
    const search = (q: string) => titlesOf(`q=${encodeURIComponent(q)}`);
    expect(await search('in:work')).toEqual(['tea', 'tea plan']);
    expect(await search('in:"MY plans"')).toEqual(['coffee plan', 'tea plan']);
    expect(await search('tea -in:work')).toEqual(['tea in:work']);
    expect(await search('coffee OR in:work')).toEqual(['coffee plan', 'tea', 'tea plan']);
    expect(await search('plan in:work in:"my plans"')).toEqual(['tea plan']);
    expect(await search('in:nothing')).toEqual([]);
    expect(await titlesOf(`q=in:work&sort=title`)).toEqual(['tea', 'tea plan']);
    expect((await (await Notes.signUp(app.client)).list('q=in:work')).data).toEqual([]);
  });
});
