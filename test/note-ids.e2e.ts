import { randomUUID } from 'node:crypto';
import { v1, v7 } from 'uuid';
import { startTestApp, type TestApp } from './support/app';
import { Notes } from './support/notes';

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

describe('an id that a client made', () => {
  it.each([
    ['version 7', v7()],
    ['version 4', randomUUID()],
    ['capital letters', v7().toUpperCase()],
  ])('is the id of the note: %s', async (_, id) => {
    const answer = await notes.send('POST', '', { id, title: 'Made offline' });
    const expected = id.toLowerCase();
    expect([answer.status, answer.body.id, answer.headers.get('location')]).toEqual([
      201,
      expected,
      `/api/v1/notes/${expected}`,
    ]);
    expect(await notes.read(id)).toMatchObject({ id: expected, title: 'Made offline', version: 1 });
  });

  it('may be left out, or null', async () => {
    const [absent, none] = [await notes.create({ title: 'a' }), await notes.create({ id: null, title: 'a' })];
    expect([absent.id, none.id]).toEqual([expect.any(String), expect.any(String)]);
  });

  it.each([['none'], [7], [v1()], ['00000000-0000-0000-0000-000000000000'], ['']])(
    'is refused when it is not a UUID of version 4 or 7: %j',
    async (id) => {
      const problem = await notes.refusal(400, 'POST', '', { id, title: 'a' });
      expect(problem.errors).toEqual([
        { pointer: '#/id', detail: 'must be a UUID of version 4 or 7', code: 'isClientId' },
      ]);
    },
  );

  it('that is taken is 409, the same whosever note has it, and changes nothing', async () => {
    const stranger = await Notes.signUp(app.client);
    const { id } = await notes.create({ title: 'Mine' });
    const problems = [
      await notes.refusal(409, 'POST', '', { id, title: 'Again', tags: ['t'] }),
      await stranger.refusal(409, 'POST', '', { id, title: 'Theirs', tags: ['t'] }),
    ];
    const said = problems.map((problem) => Object.assign(problem, { requestId: null }));
    expect(said[0]).toEqual(said[1]);
    expect(said[0]).toMatchObject({ type: 'urn:commonplace:problem:id-taken' });
    expect(JSON.stringify(said)).not.toContain(id);
    expect(await notes.read(id)).toMatchObject({ title: 'Mine', tags: [], version: 1 });
    expect((await stranger.list('')).data).toEqual([]);
  });

  it('cannot be changed', async () => {
    const { id } = await notes.create({ title: 'a' });
    expect((await notes.refusal(400, 'PATCH', `/${id}`, { id: v7() })).errors).toMatchObject([{ pointer: '#/id' }]);
  });
});

describe('an account that asks for If-Match', () => {
  let strict: Notes;

  beforeAll(async () => {
    strict = await Notes.signUp(app.client);
    const answer = await app.client.patch('/api/v1/users/me', {
      token: strict.user.token,
      body: { requireIfMatch: true },
    });
    if (answer.body.requireIfMatch !== true) throw new Error(answer.text);
  });

  it('is told 428 for every change without it, and nothing is changed', async () => {
    const { id } = await strict.create({ title: 'a' });
    for (const [method, path, body] of [
      ['PATCH', '', { title: 'b' }],
      ['PATCH', '', {}],
      ['DELETE', '', undefined],
      ['POST', '/restore', undefined],
    ] as const) {
      const problem = await strict.refusal(428, method, `/${id}${path}`, body);
      expect(problem.type).toBe('urn:commonplace:problem:precondition-required');
    }
    expect(await strict.read(id)).toMatchObject({ title: 'a', version: 1, deletedAt: null });
  });

  it('may change with it, and is told 404 of what is not there', async () => {
    const { id } = await strict.create({ title: 'a' });
    const send = (method: string, path: string, etag: string) =>
      strict.send(method, `/${id}${path}`, method === 'PATCH' ? { title: 'b' } : undefined, { 'if-match': etag });
    expect((await send('PATCH', '', 'W/"v1"')).status).toBe(412);
    expect((await send('PATCH', '', '"v1"')).status).toBe(200);
    expect((await send('DELETE', '', '*')).status).toBe(204);
    expect((await send('POST', '/restore', '"v2", "v3"')).status).toBe(200);
    await strict.refusal(404, 'PATCH', `/${v7()}`, { title: 'b' });
  });

  it('is no longer asked once it takes that back; others never were', async () => {
    const { token } = strict.user;
    const { id } = await strict.create({ title: 'a' });
    const answer = await app.client.patch('/api/v1/users/me', { token, body: { requireIfMatch: null } });
    expect(answer.body).toMatchObject({ requireIfMatch: false });
    expect((await strict.send('PATCH', `/${id}`, { title: 'b' })).status).toBe(200);
    const other = await notes.create({ title: 'a' });
    expect((await notes.send('DELETE', `/${other.id}`)).status).toBe(204);
  });
});
