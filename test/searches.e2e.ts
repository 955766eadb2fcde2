import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { query } from './support/database';
import { type Hit, Notes, type ProblemBody } from './support/notes';

interface SavedSearch {
  id: string;
  name: string;
  q: string;
  sort: string | null;
  version: number;
}

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

function send<T = SavedSearch>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
  user: SignedIn = notes.user,
): Promise<Answer<T>> {
  return app.client.request<T>(method, `/api/v1/searches${path}`, { token: user.token, body, headers });
}

const seqs = async (): Promise<{ user: string; last: string | null }> => {
  const [row] = await query<{ user: string; last: string | null }>(
    app.databaseUrl,
    `select change_seq as user, (select max(seq) from searches where user_id = users.id) as last from users where id = $1`,
    [notes.user.userId],
  );
  return row ?? { user: '', last: null };
};

describe('saved searches', () => {
  it('are made, read, listed, changed and deleted, each with a number of the sequence', async () => {
    const before = Number((await seqs()).user);
    const made = await send('POST', '', { name: ' To  read ', q: 'tag:"to read"', sort: '-updatedAt' });
    expect([made.status, made.headers.get('etag'), made.headers.get('location')]).toEqual([
      201,
      '"v1"',
      `/api/v1/searches/${made.body.id}`,
    ]);
    expect(made.body).toMatchObject({ name: 'To read', q: 'tag:"to read"', sort: '-updatedAt', version: 1 });
    expect(await seqs()).toEqual({ user: String(before + 1), last: String(before + 1) });
    const path = `/${made.body.id}`;
    expect((await send('GET', path)).body).toEqual(made.body);
    const other = await send('POST', '', { name: 'Another', q: 'tea' });
    expect(other.body.sort).toBeNull();
    const first = await send<{ data: SavedSearch[]; page: { nextCursor: string } }>('GET', '?limit=1');
    expect(first.body.data).toEqual([other.body]);
    const second = await send<{ data: SavedSearch[] }>('GET', `?limit=1&cursor=${first.body.page.nextCursor}`);
    expect(second.body).toEqual({ data: [made.body], page: { nextCursor: null, hasMore: false } });

    const changed = await send('PATCH', path, { name: 'TO READ', sort: null }, { 'if-match': '"v1"' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"v2"']);
    expect(changed.body).toMatchObject({ name: 'TO READ', q: 'tag:"to read"', sort: null, version: 2 });
    expect((await send('PATCH', path, { name: 'TO READ' })).body.version).toBe(2);
    expect(await seqs()).toEqual({ user: String(before + 3), last: String(before + 3) });

    const stale = await send<ProblemBody>('DELETE', path, undefined, { 'if-match': '"v1"' });
    expect([stale.status, stale.body.currentVersion]).toEqual([412, 2]);
    expect((await send('DELETE', path, undefined, { 'if-match': '"v2"' })).status).toBe(204);
    expect(await seqs()).toEqual({ user: String(before + 4), last: String(before + 2) });
    for (const method of ['GET', 'DELETE']) expect((await send(method, path)).status).toBe(404);
  });

  it('have names of their own, without regard to case', async () => {
    const { id } = (await send('POST', '', { name: 'Unique', q: 'x' })).body;
    const second = (await send('POST', '', { name: 'Second', q: 'x' })).body.id;
    for (const answer of [
      await send<ProblemBody>('POST', '', { name: 'uniQUE', q: 'y' }),
      await send<ProblemBody>('PATCH', `/${second}`, { name: 'UNIQUE' }),
    ]) {
      expect([answer.status, answer.body]).toEqual([
        409,
        expect.objectContaining({ type: 'urn:commonplace:problem:search-exists', existingId: id }),
      ]);
    }
    const stranger = await app.client.signUp();
    expect((await send('POST', '', { name: 'Unique', q: 'y' }, {}, stranger)).status).toBe(201);
  });

  it.each([
    [{ q: 'x' }, '#/name'],
    [{ name: '', q: 'x' }, '#/name'],
    [{ name: 'x'.repeat(101), q: 'x' }, '#/name'],
    [{ name: 1, q: 'x' }, '#/name'],
    [{ name: 'x' }, '#/q'],
    [{ name: 'x', q: ' ' }, '#/q'],
    [{ name: 'x', q: 'x'.repeat(1_001) }, '#/q'],
    [{ name: 'x', q: 'x', sort: 'other' }, '#/sort'],
    [{ name: 'x', q: 'x', colour: 'red' }, '#/colour'],
  ])('refuse %j', async (body, pointer) => {
    const { status, body: problem } = await send<ProblemBody>('POST', '', body);
    expect([status, problem.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it('are at most 200, also when many are made at once', async () => {
    const writer = await Notes.signUp(app.client);
    await query(
      app.databaseUrl,
      `insert into searches (id, user_id, name, name_key, q, seq) select gen_random_uuid(), $1, at, at, 'x', 0 from generate_series(1, 198) at`,
      [writer.user.userId],
    );
    const made = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => send<ProblemBody>('POST', '', { name, q: 'x' }, {}, writer.user)),
    );
    expect(made.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
    expect(made.find(({ status }) => status === 409)?.body.type).toBe('urn:commonplace:problem:too-many-searches');
  });
});

describe('a list of a saved search', () => {
  const titles = async (filter: string): Promise<(string | null)[]> =>
    (await notes.list<Hit>(filter)).data.map(({ title }) => title);
  const save = async (q: string, sort?: string): Promise<string> =>
    (await send('POST', '', { name: `Search ${q} ${sort ?? ''}`, q, sort })).body.id;

  beforeAll(async () => {
    for (const fields of [
      { title: 'green tea', tags: ['drinks'] },
      { title: 'black tea', body: 'a cup', url: 'https://example.org' },
      { title: 'coffee', body: 'a cup, not tea', tags: ['drinks'] },
      { title: 'water', tags: ['drinks'] },
    ]) {
      await notes.create(fields);
    }
  });

  it('is that of its search and order, with the filters of the query', async () => {
    const id = await save('tea');
    expect(await notes.list(`search=${id}`)).toEqual(await notes.list('q=tea'));
    const sorted = await save('tea OR (water', 'title');
    expect(await titles(`search=${sorted}`)).toEqual(['black tea', 'coffee', 'green tea', 'water']);
    expect(await titles(`search=${sorted}&sort=-title`)).toEqual(['water', 'green tea', 'coffee', 'black tea']);
    expect(await titles(`search=${sorted}&tag=drinks`)).toEqual(['coffee', 'green tea', 'water']);
    expect((await notes.list(`search=${sorted}`)).search?.warnings).toMatchObject([{ position: 7 }]);
  });

  it('has what matches both, beside a search of the query, however either is written', async () => {
    const either = await save('green OR cup', 'title');
    expect((await titles(`search=${either}&q=tea`)).toSorted()).toEqual(['black tea', 'coffee', 'green tea']);
    expect(await titles(`search=${either}&q=tea -coffee&sort=title`)).toEqual(['black tea', 'green tea']);
    expect(await titles(`search=${either}&q=coffee) OR (water`)).toEqual(['coffee']);
    expect(await titles(`search=${either}&q=""`)).toEqual([]);
    expect(await titles(`search=${await save('""')}&q=tea`)).toEqual([]);
    expect(await titles(`search=${await save('tag:drinks')}&q=tag:drinks cup`)).toEqual(['coffee']);
  });

  it('is paged, as long as the search stays what it was', async () => {
    const id = await save('tea', 'title');
    const { page } = await notes.list(`search=${id}&limit=1`);
    expect(await titles(`search=${id}&limit=1&cursor=${page.nextCursor ?? ''}`)).toEqual(['coffee']);
    await send('PATCH', `/${id}`, { q: 'cup' });
    await notes.refusal(400, 'GET', `?search=${id}&limit=1&cursor=${page.nextCursor ?? ''}`);
  });

  it('is empty for a search that is not the user’s, and refuses what is no id', async () => {
    const stranger = await Notes.signUp(app.client);
    const id = await save('green tea');
    expect((await notes.list(`search=${id}`)).data).toHaveLength(1);
    await stranger.create({ title: 'green tea' });
    expect(await stranger.list(`search=${id}`)).toMatchObject({ data: [], search: { warnings: [] } });
    expect((await stranger.send('GET', `/facets?search=${id}`)).body).toMatchObject({ total: { count: 0 } });
    await notes.refusal(400, 'GET', '?search=green');
  });

  it('has facets', async () => {
    const id = await save('cup OR water');
    for (const [filter, count] of [
      [`search=${id}`, 3],
      [`search=${id}&q=tea`, 2],
      [`search=${id}&q=`, 0],
    ] as const) {
      expect((await notes.send('GET', `/facets?${filter}`)).body).toMatchObject({ total: { count } });
    }
  });
});
