import { v7 } from 'uuid';
import { startTestApp, type TestApp } from './support/app';
import { finishedJob } from './support/imports';
import { Notebooks } from './support/notebooks';
import { Notes, type ProblemBody } from './support/notes';

interface BatchResult {
  status: number;
  note: { notebookId: string | null } | null;
  problem: ProblemBody | null;
}

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

async function batch(operations: object[], more: object = {}) {
  return notes.send<ProblemBody & { results: BatchResult[] }>('POST', '/batch', { operations, ...more });
}

async function change(filter: object, changes: object) {
  return finishedJob(app.client, notes.user.token, await notes.send('POST', '/bulk', { filter, change: changes }));
}

const placeOf = async (id: string) => (await notes.read(id)).notebookId;

describe('moving notes', () => {
  it('works in a batch, into a notebook of one’s own and out of all', async () => {
    const notebook = await notebooks.create('Recipes');
    const foreign = await new Notebooks(app.client, await app.client.signUp()).create('Theirs');
    const { id } = await notes.create({ title: 'soup' });
    const { body } = await batch([
      { op: 'move', id, notebookId: notebook.id.toUpperCase() },
      { op: 'move', id, notebookId: foreign.id },
      { op: 'move', id, notebookId: v7() },
      { op: 'update', id, note: { notebookId: null } },
      { op: 'move', id, notebookId: notebook.id, ifMatch: '"v3"' },
    ]);
    expect(body.results.map(({ status, note }) => [status, note?.notebookId])).toEqual([
      [200, notebook.id],
      [400, undefined],
      [400, undefined],
      [200, null],
      [200, notebook.id],
    ]);
    const refused = await batch([{ op: 'move', id, notebookId: foreign.id }], { atomic: true });
    expect([refused.status, refused.body.errors?.map(({ pointer }) => pointer)]).toEqual([
      400,
      ['#/operations/0/notebookId'],
    ]);
    expect((await batch([{ op: 'move', id }])).status).toBe(400);
    expect(await placeOf(id)).toBe(notebook.id);
  });

  it('works by filter, for any number', async () => {
    const [from, to] = [await notebooks.create('Inbox'), await notebooks.create('Done')];
    const { id } = await notes.create({ title: 'a', notebookId: from.id });
    const other = await notes.create({ title: 'b' });
    expect((await change({ notebook: from.id }, { notebookId: to.id })).result).toMatchObject({ changed: 1 });
    expect([await placeOf(id), await placeOf(other.id)]).toEqual([to.id, null]);
    expect((await change({}, { notebookId: to.id })).result).toMatchObject({ changed: 1, unchanged: 1 });
    expect((await change({}, { notebookId: null })).result).toMatchObject({ changed: 2 });
    expect(await placeOf(id)).toBeNull();
    const unknown = await change({}, { notebookId: v7() });
    expect([unknown.status, await placeOf(id)]).toEqual(['failed', null]);
  });

  it('works by JSON patch', async () => {
    const notebook = await notebooks.create('Patched');
    const { id } = await notes.create({ title: 'a' });
    const patch = [{ op: 'replace', path: '/notebookId', value: notebook.id }];
    const headers = { 'content-type': 'application/json-patch+json' };
    expect((await notes.send('PATCH', `/${id}`, patch, headers)).body.notebookId).toBe(notebook.id);
    const removed = await notes.send('PATCH', `/${id}`, [{ op: 'remove', path: '/notebookId' }], headers);
    expect(removed.body.notebookId).toBeNull();
  });
});

describe('restoring many notes', () => {
  it('brings each back into its notebook, which is made again once', async () => {
    const outer = await notebooks.create('Outer');
    const inner = await notebooks.create('Inner', outer.id);
    const ids: string[] = [];
    for (const notebookId of [outer.id, inner.id, inner.id])
      ids.push((await notes.create({ title: 'n', notebookId })).id);
    expect((await notebooks.send('DELETE', `/${outer.id}?notes=trash`)).status).toBe(204);
    expect((await change({ trashed: true }, { trashed: false })).result).toMatchObject({ changed: 3, refused: 0 });
    const places = await Promise.all(ids.map(placeOf));
    const made = await notebooks.all();
    expect(made.map(({ name }) => name).sort()).toEqual(['Inner', 'Outer']);
    const idOf = (name: string) => made.find((notebook) => notebook.name === name)?.id;
    expect(places).toEqual([idOf('Outer'), idOf('Inner'), idOf('Inner')]);
  });
});

describe('an account that asks for If-Match', () => {
  it('asks for it on notebooks and tags, too', async () => {
    const notebook = await notebooks.create('Strict');
    await notes.create({ title: 'a', tags: ['strict'] });
    const { token } = notes.user;
    await app.client.request('PATCH', '/api/v1/users/me', { token, body: { requireIfMatch: true } });
    const renamed = await notebooks.send<ProblemBody>('PATCH', `/${notebook.id}`, { name: 'Lax' });
    const [tag] = (await app.client.get<{ data: { id: string }[] }>('/api/v1/tags', { token })).body.data;
    const removed = await app.client.request('DELETE', `/api/v1/tags/${tag?.id}`, { token });
    expect([renamed.status, removed.status]).toEqual([428, 428]);
    expect((await notebooks.send('PATCH', `/${notebook.id}`, { name: 'Lax' }, '"v1"')).status).toBe(200);
  });
});
