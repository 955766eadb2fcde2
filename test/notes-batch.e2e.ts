import { v7 } from 'uuid';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { Notes, type Note, type ProblemBody } from './support/notes';

interface Result {
  status: number;
  id: string | null;
  note: Omit<Note, 'body'> | null;
  problem: ProblemBody | null;
}

type Answered = ProblemBody & { results: Result[]; operation?: number };

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
});

beforeEach(async () => {
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

const send = (operations: unknown, more: object = {}, headers?: Record<string, string>) =>
  notes.send<Answered>('POST', '/batch', { operations, ...more }, headers);

async function results(operations: unknown, more?: object): Promise<Result[]> {
  const answer = await send(operations, more);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.results;
}

/** A status, and the code of the problem, of each result. */
const summary = (given: Result[]) =>
  given.map(({ status, problem }) => (problem === null ? status : `${status} ${problem.type.split(':').at(-1)}`));

describe('a batch', () => {
  it('carries out each operation as a request of its own would, in order', async () => {
    const id = v7();
    const url = 'https://example.org/batch';
    const given = await results([
      { op: 'create', note: { id, title: 'a', body: 'text', tags: ['x'] } },
      { op: 'update', id, ifMatch: '"v1"', note: { title: 'b', pinned: true } },
      { op: 'tag', id, tags: ['y', 'X'] },
      { op: 'untag', id, tags: ['x', 'unknown'] },
      { op: 'trash', id, ifMatch: '*' },
      { op: 'restore', id: id.toUpperCase() },
      { op: 'create', note: { url } },
      { op: 'tag', id, tags: ['y'] },
    ]);
    expect(summary(given)).toEqual([201, 200, 200, 200, 200, 200, 201, 200]);
    expect(given.map(({ note }) => note?.version)).toEqual([1, 2, 3, 4, 5, 6, 1, 6]);
    const { body, ...note } = await notes.read(id);
    expect([body, note]).toEqual(['text', given.at(-1)?.note]);
    expect(note).toMatchObject({ title: 'b', pinned: true, tags: ['y'], deletedAt: null });
    expect((await notes.list('tag=y')).data).toHaveLength(1);
    expect((await notes.list('tag=x')).data).toEqual([]);
    const rows = await query<{ seq: string }>(app.databaseUrl, `select change_seq as seq from users where id = $1`, [
      notes.user.userId,
    ]);
    expect(rows).toEqual([{ seq: '7' }]);
  });

  it('says of each operation that is refused why, and carries out the others', async () => {
    const url = 'https://example.org/batch-taken';
    const existing = await notes.create({ url });
    const { id } = await notes.create({ title: 'a' });
    const stranger = await Notes.signUp(app.client);
    const theirs = await stranger.create({ title: 'theirs' });
    const given = await results([
      { op: 'create', note: { url, tags: ['left'] } },
      { op: 'create', note: { id, title: 'again' } },
      { op: 'create', note: { title: ' ' } },
      { op: 'update', id, note: { url: 'nowhere' } },
      { op: 'update', id: theirs.id, note: { title: 'mine' } },
      { op: 'trash', id, ifMatch: '"v7"' },
      { op: 'trash', id, ifMatch: 'v1' },
      { op: 'trash', id: existing.id },
      { op: 'tag', id: existing.id, tags: ['t'] },
      { op: 'create', note: { url } },
      { op: 'restore', id: existing.id },
      { op: 'update', id, note: { title: 'b' } },
    ]);
    expect(summary(given)).toEqual([
      '409 duplicate-url',
      '409 id-taken',
      '400 validation-failed',
      '400 validation-failed',
      '404 not-found',
      '412 precondition-failed',
      '400 malformed-request',
      200,
      '409 note-in-trash',
      201,
      '409 duplicate-url',
      200,
    ]);
    expect(given.map((result) => result.id).slice(0, 5)).toEqual([null, id, null, id, theirs.id]);
    expect(given[0]?.problem).toMatchObject({ existingId: existing.id, instance: '/api/v1/notes/batch' });
    expect(given[5]?.problem?.currentVersion).toBe(1);
    // A bookmark that the batch itself made.
    expect(given[10]?.problem?.existingId).toBe(given[9]?.id);
    expect(await notes.read(id)).toMatchObject({ title: 'b', version: 2 });
    expect((await stranger.read(theirs.id)).version).toBe(1);
    const tags = await query(app.databaseUrl, `select name from tags where user_id = $1`, [notes.user.userId]);
    expect(tags).toEqual([]);
  });

  it('with atomic is all or nothing, and answers with the first refusal', async () => {
    const note = await notes.create({ title: 'a' });
    const operations = [
      { op: 'update', id: note.id, note: { title: 'b' } },
      { op: 'create', note: { title: 'new', tags: ['t'] } },
      { op: 'create', note: { url: 'nowhere' } },
      { op: 'trash', id: v7() },
    ];
    const refused = await send(operations, { atomic: true });
    expect([refused.status, refused.body.operation, refused.body.errors?.[0]?.pointer]).toEqual([
      400,
      2,
      '#/operations/2/note/url',
    ]);
    expect(await notes.read(note.id)).toEqual(note);
    expect((await notes.list('')).data).toEqual([note]);
    const missing = await send([operations[0], operations[3]], { atomic: true });
    expect([missing.status, missing.body.operation]).toEqual([404, 1]);
    const done = await results(operations.slice(0, 2), { atomic: true });
    expect(summary(done)).toEqual([200, 201]);
  });

  it('asks for ifMatch where the account does', async () => {
    const { id } = await notes.create({ title: 'a' });
    await app.client.patch('/api/v1/users/me', { token: notes.user.token, body: { requireIfMatch: true } });
    const given = await results([
      { op: 'tag', id, tags: ['t'] },
      { op: 'tag', id, tags: ['t'], ifMatch: '"v1"' },
      { op: 'create', note: { title: 'b' } },
    ]);
    expect(summary(given)).toEqual(['428 precondition-required', 200, 201]);
  });

  it('is carried out once with an Idempotency-Key', async () => {
    const operations = [
      { op: 'create', note: { title: 'a' } },
      { op: 'trash', id: v7() },
    ];
    const key = { 'idempotency-key': 'batch' };
    const [first, second] = [await send(operations, {}, key), await send(operations, {}, key)];
    expect(second.text).toBe(first.text);
    expect((await notes.list('')).data).toHaveLength(1);
  });

  it('has up to 100 operations, none lost by two batches at once', async () => {
    const { id } = await notes.create({ title: 'a' });
    const batch = (name: string) =>
      results(
        Array.from({ length: 100 }, (_, at) =>
          at < 50 ? { op: 'tag', id, tags: [`${name}${at % 25}`] } : { op: 'create', note: { title: `${name} ${at}` } },
        ),
      );
    const given = (await Promise.all([batch('a'), batch('b')])).flat();
    expect(given.filter(({ problem }) => problem !== null)).toEqual([]);
    expect((await notes.read(id)).tags).toHaveLength(50);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['#/operations']],
    ['an empty list', [], ['#/operations']],
    ['an object', { op: 'trash' }, ['#/operations']],
    ['too many', Array.from({ length: 101 }, () => ({ op: 'create', note: { title: 'a' } })), ['#/operations']],
    ['an unknown operation', [{ op: 'fly', id: v7() }], ['#/operations/0/id', '#/operations/0/op']],
    ['no operation', [{}], ['#/operations/0/op']],
    ['a text', ['trash'], ['#/operations/0/op']],
    ['null', [null], ['#/operations/0/op']],
    ['a list', [[]], ['#/operations/0/op']],
    ['no id', [{ op: 'trash' }], ['#/operations/0/id']],
    ['a malformed id', [{ op: 'update', id: 'x', note: {} }], ['#/operations/0/id']],
    ['no note', [{ op: 'create' }], ['#/operations/0/note']],
    ['a note that is none', [{ op: 'update', id: v7(), note: [] }], ['#/operations/0/note']],
    ['a field of another operation', [{ op: 'trash', id: v7(), tags: ['a'] }], ['#/operations/0/tags']],
    [
      'a wrong field',
      [{ op: 'create', note: { title: 1, colour: 'red' } }],
      ['#/operations/0/note/colour', '#/operations/0/note/title'],
    ],
    ['no tags', [{ op: 'tag', id: v7(), tags: [] }], ['#/operations/0/tags']],
    ['a prototype', [{ op: 'constructor', id: v7() }], ['#/operations/0/id', '#/operations/0/op']],
  ])('is refused as a whole when it is malformed: %s', async (_, operations, pointers) => {
    const answer = await send(operations);
    expect([answer.status, answer.text]).toEqual([400, expect.any(String)]);
    expect(answer.body.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(pointers);
  });
});
