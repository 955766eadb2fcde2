import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import { type Notebook, NOTEBOOKS, Notebooks } from './support/notebooks';
import { Notes, type ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';

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

const statuses = (answers: Answer<object>[]): number[] => answers.map(({ status }) => status).toSorted((a, b) => a - b);
const problemIn = (answers: Answer<object>[], status: number): ProblemBody =>
  answers.find((answer) => answer.status === status)?.body as ProblemBody;
const pointers = (answer: Answer<object>): string[] | undefined =>
  (answer.body as ProblemBody).errors?.map(({ pointer }) => pointer);

/** The sequence numbers of the user's notebooks, and the last one given out. */
async function sequence(): Promise<{ seqs: number[]; last: number }> {
  const rows = await query<{ seq: string }>(
    app.databaseUrl,
    'select seq from notebooks where user_id = $1 order by seq',
    [notes.user.userId],
  );
  const [user] = await query<{ last: string }>(app.databaseUrl, 'select change_seq as last from users where id = $1', [
    notes.user.userId,
  ]);
  return { seqs: rows.map(({ seq }) => Number(seq)), last: Number(user?.last) };
}

describe('making a notebook', () => {
  it('answers 201 with the notebook, where it is and its version', async () => {
    const answer = await notebooks.send('POST', '', { name: '  Rezepte,  süß  🍝 ' });
    const { id, createdAt } = answer.body;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${NOTEBOOKS}/${id}`);
    expect(answer.headers.get('etag')).toBe('"v1"');
    const expected = { id, name: 'Rezepte, süß 🍝', parentId: null, noteCount: 0, version: 1, createdAt };
    expect(answer.body).toEqual({ ...expected, updatedAt: createdAt });
    const read = await notebooks.send('GET', `/${id.toUpperCase()}`);
    expect([read.body, read.headers.get('etag')]).toEqual([answer.body, '"v1"']);
    const inside = await notebooks.create('Inside', id);
    expect(inside.parentId).toBe(id);
    expect(await sequence()).toEqual({ seqs: [1, 2], last: 2 });
  });

  it('takes an id of the client, once', async () => {
    const id = randomUUID();
    const first = await notebooks.send('POST', '', { id: id.toUpperCase(), name: 'Mine' });
    expect([first.status, first.body.id]).toEqual([201, id]);
    expectProblem(await notebooks.send('POST', '', { id, name: 'Mine' }), 409, 'id-taken', NOTEBOOKS);
    const stranger = new Notebooks(app.client, await app.client.signUp());
    expectProblem(await stranger.send('POST', '', { id, name: 'Theirs' }), 409, 'id-taken', NOTEBOOKS);
    const racing = randomUUID();
    const both = await Promise.all(
      [notebooks, stranger].map((each) => each.send('POST', '', { id: racing, name: 'Race' })),
    );
    expect(statuses(both)).toEqual([201, 409]);
  });

  it.each([
    [{}, '#/name'],
    [{ name: null }, '#/name'],
    [{ name: ' \u3000' }, '#/name'],
    [{ name: 1 }, '#/name'],
    [{ name: 'x'.repeat(101) }, '#/name'],
    [{ name: 'a\u0007b' }, '#/name'],
    [{ name: 'x', parentId: 'none' }, '#/parentId'],
    [{ name: 'x', parentId: NOWHERE }, '#/parentId'],
    [{ name: 'x', id: null }, '#/id'],
    [{ name: 'x', id: 'x' }, '#/id'],
    [{ name: 'x', id: '00000000-0000-0000-0000-000000000000' }, '#/id'],
    [{ name: 'x', id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' }, '#/id'],
    [{ name: 'x', noteCount: 3 }, '#/noteCount'],
  ])('refuses %j and points to %s', async (body, pointer) => {
    const answer = await notebooks.send('POST', '', body);
    expectProblem(answer, 400, 'validation-failed', NOTEBOOKS, ['errors']);
    expect(pointers(answer)).toEqual([pointer]);
    expect(await sequence()).toEqual({ seqs: [], last: 0 });
  });

  it('refuses the parent of another user as one that does not exist', async () => {
    const stranger = new Notebooks(app.client, await app.client.signUp());
    const theirs = await stranger.create('Theirs');
    expect(pointers(await notebooks.send('POST', '', { name: 'x', parentId: theirs.id }))).toEqual(['#/parentId']);
  });

  it('refuses the name of a sibling, whatever its case, and takes that of a cousin', async () => {
    const [work, home] = [await notebooks.create('Work'), await notebooks.create('Straße')];
    for (const name of ['STRAßE', 'straße', ' Ｓtraße ']) {
      const answer = await notebooks.send('POST', '', { name });
      expectProblem(answer, 409, 'notebook-exists', NOTEBOOKS, ['existingId']);
      expect((answer.body as unknown as ProblemBody).existingId).toBe(home.id);
    }
    await notebooks.create('Inbox', work.id);
    await notebooks.create('inbox', home.id);
    await notebooks.create('INBOX');
    expect((await notebooks.tree()).filter((path) => /inbox/i.test(path))).toEqual([
      'INBOX 0',
      'Straße/inbox 0',
      'Work/Inbox 0',
    ]);
  });

  it('of one name twice at once makes one', async () => {
    const answers = await Promise.all(['Same', 'same', 'SAME'].map((name) => notebooks.send('POST', '', { name })));
    expect(statuses(answers)).toEqual([201, 409, 409]);
    const made = answers.find(({ status }) => status === 201)?.body.id;
    expect(problemIn(answers, 409)).toMatchObject({
      type: 'urn:commonplace:problem:notebook-exists',
      existingId: made,
    });
  });

  it('stops at a depth of 16 and at 10,000 notebooks', async () => {
    const path = await notebooks.createPath(...Array.from({ length: 16 }, (_, at) => `${at + 1}`));
    const deeper = await notebooks.send('POST', '', { name: '17', parentId: path.at(-1)?.id });
    expectProblem(deeper, 409, 'notebook-too-deep', NOTEBOOKS);
    await query(
      app.databaseUrl,
      `insert into notebooks (id, user_id, name, name_key, seq)
       select gen_random_uuid(), $1, 'n' || at, 'n' || at, 0 from generate_series(17, 10000) at`,
      [notes.user.userId],
    );
    expectProblem(await notebooks.send('POST', '', { name: 'more' }), 409, 'too-many-notebooks', NOTEBOOKS);
    expect((await notebooks.all()).length).toBe(10_000);
  });
});

describe('the list of notebooks', () => {
  it('has all levels by name, in pages that join up while notebooks are made, with their live notes', async () => {
    const [outer, inner] = await notebooks.createPath('b', 'A');
    await notes.create({ title: '1', notebookId: outer?.id });
    await notes.create({ title: '2', notebookId: inner?.id });
    await notes.trash((await notes.create({ title: '3', notebookId: inner?.id })).id);
    await notebooks.create('c', inner?.id);
    for (const limit of [1, 2, 3, 100]) {
      expect((await notebooks.all(limit)).map(({ name, noteCount }) => [name, noteCount])).toEqual([
        ['A', 1],
        ['b', 1],
        ['c', 0],
      ]);
    }
    const first = await notebooks.send<{ page: { nextCursor: string } }>('GET', '?limit=1');
    expect(first.headers.get('link')).toBe(`<${NOTEBOOKS}?limit=1&cursor=${first.body.page.nextCursor}>; rel="next"`);
    await notebooks.create('AA');
    const rest = await notebooks.send<{ data: Notebook[] }>('GET', `?cursor=${first.body.page.nextCursor}`);
    expect(rest.body.data.map(({ name }) => name)).toEqual(['AA', 'b', 'c']);
    for (const wrong of ['limit=0', 'cursor=x', 'sort=name']) {
      expect((await notebooks.send('GET', `?${wrong}`)).status).toBe(400);
    }
  });
});

describe('changing a notebook', () => {
  it('renames and moves it with all below, and takes a number of the sequence', async () => {
    const [a, b] = await notebooks.createPath('a', 'b', 'c');
    const other = await notebooks.create('other');
    const moved = await notebooks.send('PATCH', `/${b?.id}`, { parentId: other.id, name: 'B' }, '"v1"');
    expect(moved).toMatchObject({ status: 200, body: { name: 'B', parentId: other.id, version: 2 } });
    expect(moved.headers.get('etag')).toBe('"v2"');
    expect(await notebooks.tree()).toEqual(['a 0', 'other 0', 'other/B 0', 'other/B/c 0']);
    await notebooks.send('PATCH', `/${b?.id}`, { parentId: null });
    expect(await notebooks.tree()).toEqual(['B 0', 'B/c 0', 'a 0', 'other 0']);
    expect(await sequence()).toEqual({ seqs: [1, 3, 4, 6], last: 6 });
    expect((await notebooks.send('PATCH', `/${a?.id}`, { name: 'a', parentId: null })).body.version).toBe(1);
    expect((await notebooks.send('PATCH', `/${a?.id}`, { name: 'A' })).body).toMatchObject({ name: 'A', version: 2 });
    expect((await sequence()).last).toBe(7);
  });

  it('is refused with another version, a name that is there, an unknown parent, a cycle and too great a depth', async () => {
    const [a, b, c] = await notebooks.createPath('a', 'b', 'c');
    const path = `${NOTEBOOKS}/${a?.id}`;
    const patch = (body: object, ifMatch?: string) => notebooks.send('PATCH', `/${a?.id}`, body, ifMatch);
    expectProblem(await patch({ name: 'x' }, '"v2"'), 412, 'precondition-failed', path, ['currentVersion']);
    for (const parentId of [a?.id, b?.id, c?.id]) {
      expectProblem(await patch({ parentId }), 409, 'notebook-cycle', path);
    }
    expect(pointers(await patch({ parentId: NOWHERE }))).toEqual(['#/parentId']);
    expect(pointers(await patch({ name: null }))).toEqual(['#/name']);
    const twin = await notebooks.create('A b');
    expectProblem(await patch({ name: 'a B' }), 409, 'notebook-exists', path, ['existingId']);
    const deep = await notebooks.createPath(...Array.from({ length: 14 }, (_, at) => `${at}`));
    expectProblem(await patch({ parentId: deep.at(-1)?.id }), 409, 'notebook-too-deep', path);
    expect((await patch({ parentId: deep.at(-2)?.id })).status).toBe(200);
    expect((await notebooks.send('PATCH', `/${twin.id}`, { name: 'a' })).status).toBe(200);
  });

  it('by two moves at once that would make a cycle lets one win', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [left, right] = [await notebooks.create(`left ${round}`), await notebooks.create(`right ${round}`)];
      const answers = await Promise.all([
        notebooks.send('PATCH', `/${left.id}`, { parentId: right.id }),
        notebooks.send('PATCH', `/${right.id}`, { parentId: left.id }),
      ]);
      expect(statuses(answers)).toEqual([200, 409]);
      expect(problemIn(answers, 409).type).toBe('urn:commonplace:problem:notebook-cycle');
    }
  });

  it('by two renames at once is done twice, or once where both name the version', async () => {
    const { id } = await notebooks.create('first');
    const rename = (name: string, ifMatch?: string) => notebooks.send('PATCH', `/${id}`, { name }, ifMatch);
    expect(statuses(await Promise.all([rename('second'), rename('third')]))).toEqual([200, 200]);
    expect(statuses(await Promise.all([rename('fourth', '"v3"'), rename('fifth', '"v3"')]))).toEqual([200, 412]);
    const twin = await notebooks.create('twin');
    const both = await Promise.all([rename('one'), notebooks.send('PATCH', `/${twin.id}`, { name: 'One' })]);
    expect(statuses(both)).toEqual([200, 409]);
  });
});

describe('whose notebook it is', () => {
  it.each([
    ['GET', '', undefined],
    ['PATCH', '', { name: 'x' }],
    ['DELETE', '?notes=trash', undefined],
  ])('%s %s is 404 for a stranger, 400 for an id that is none, and 401 without a token', async (method, path, body) => {
    const { id } = await notebooks.create('mine');
    const stranger = new Notebooks(app.client, await app.client.signUp());
    expect((await stranger.send(method, `/${id}${path}`, body, '"v9"')).status).toBe(404);
    expect((await stranger.send(method, `/${NOWHERE}${path}`, body)).status).toBe(404);
    expect(pointers(await notebooks.send(method, `/x${path}`, body))).toEqual(['{id}']);
    expect((await app.client.request(method, `${NOTEBOOKS}/${id}${path}`, { body })).status).toBe(401);
    expect(await notebooks.tree()).toEqual(['mine 0']);
  });
});
