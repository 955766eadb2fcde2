import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client as PgClient } from 'pg';
import { IdempotencyRetention } from '../src/idempotency/idempotency-retention';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import { finishedJob } from './support/imports';
import { Notes, type Note, type ProblemBody } from './support/notes';
import { operations } from './support/openapi';

let server: TestApp;
let notes: Notes;

beforeAll(async () => {
  server = await startTestApp({ environment: { DATABASE_LOCK_TIMEOUT_MS: '1000' } });
});

beforeEach(async () => {
  notes = await Notes.signUp(server.client);
});

afterAll(() => server.close());

let keys = 0;
const newKey = (): string => `"key-${(keys += 1)}"`;
const post = <T = Note & ProblemBody>(key: string, body?: unknown, path = '', as = notes): Promise<Answer<T>> =>
  as.send<T>('POST', path, body, { 'idempotency-key': key });
const isReplayed = ({ headers }: Answer<unknown>): boolean => headers.get('idempotent-replayed') === 'true';
const sql = (text: string, values: unknown[] = []) => query<Record<string, unknown>>(server.databaseUrl, text, values);
const countNotes = async (as = notes): Promise<number> => (await as.list('limit=100')).data.length;

describe('a request with an Idempotency-Key', () => {
  it('is carried out once, and answered the same each time', async () => {
    const key = newKey();
    const body = { title: 'Once', body: 'é "quoted" \n', tags: ['b', 'a'] };
    const first = await post(key, body);
    const second = await post(key, body);
    expect([first.status, isReplayed(first), second.status, isReplayed(second)]).toEqual([201, false, 201, true]);
    expect(second.text).toBe(first.text);
    for (const name of ['etag', 'location', 'content-type']) {
      expect([name, second.headers.get(name)]).toEqual([name, first.headers.get(name)]);
    }
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(await countNotes()).toBe(1);
  });

  it('is answered as then, whatever has happened since', async () => {
    const [made, restored] = [newKey(), newKey()];
    const first = await post(made, { title: 'a' });
    await notes.trash(first.body.id);
    const back = await post(restored, undefined, `/${first.body.id}/restore`);
    await notes.send('PATCH', `/${first.body.id}`, { title: 'b' });
    expect((await post(made, { title: 'a' })).body).toEqual(first.body);
    const again = await post(restored, undefined, `/${first.body.id}/restore`);
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([200, back.body, '"v3"']);
    expect(await notes.read(first.body.id)).toMatchObject({ title: 'b', version: 4 });
  });

  it('is answered without a body when it was so', async () => {
    const { token } = notes.user;
    const keep = () => server.client.post('/api/v1/users/me/keep', { token, headers: { 'idempotency-key': 'keep' } });
    const [first, second] = [await keep(), await keep()];
    expect([first.status, second.status, second.text, isReplayed(second)]).toEqual([204, 204, '', true]);
  });

  it('has one key, with quotes or without', async () => {
    const first = await post('"bare-and-quoted"', { title: 'a' });
    expect((await post('bare-and-quoted', { title: 'a' })).body).toEqual(first.body);
  });

  it.each([
    ['another body', { title: 'b' }, ''],
    ['another path', undefined, '/00000000-0000-7000-8000-000000000000/restore'],
  ])('cannot lend its key to %s: 422', async (_, body, path) => {
    const key = newKey();
    await post(key, { title: 'a' });
    const answer = await post(key, body, path);
    expect([answer.status, answer.body.type]).toEqual([422, 'urn:commonplace:problem:idempotency-key-reused']);
    expect(await countNotes()).toBe(1);
  });

  it('is carried out once by any number at once, which all get its answer', async () => {
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(key, { title: 'a', tags: ['t'] })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 201));
    expect([new Set(answers.map(({ text }) => text)).size, answers.filter(isReplayed).length]).toEqual([1, 5]);
    expect(await countNotes()).toBe(1);
  });

  it('is 409 when another one with its key takes long', async () => {
    const other = new PgClient({ connectionString: server.databaseUrl });
    await other.connect();
    try {
      await other.query('begin');
      await other.query(`insert into idempotency_keys (user_id, key, fingerprint) values ($1, 'slow', '')`, [
        notes.user.userId,
      ]);
      const answer = await post('slow', { title: 'a' });
      expect([answer.status, answer.body.type]).toEqual([409, 'urn:commonplace:problem:request-in-progress']);
    } finally {
      await other.end();
    }
    expect((await post('slow', { title: 'a' })).status).toBe(201);
  });

  it('of one user is none of another', async () => {
    const stranger = await Notes.signUp(server.client);
    const key = newKey();
    const mine = await post(key, { title: 'a' });
    const theirs = await post(key, { title: 'theirs' }, '', stranger);
    expect([mine.status, theirs.status, isReplayed(theirs)]).toEqual([201, 201, false]);
    expect([await countNotes(), await countNotes(stranger)]).toEqual([1, 1]);
  });

  it('that failed has changed nothing, and is tried again', async () => {
    const key = newKey();
    const { id } = await notes.create({ url: 'https://example.org/taken' });
    const refused = await post(key, { url: 'https://example.org/taken', tags: ['left-behind'] });
    expect([refused.status, refused.body.existingId]).toEqual([409, id]);
    expect(await sql(`select 1 from idempotency_keys where user_id = $1`, [notes.user.userId])).toEqual([]);
    expect(await sql(`select 1 from tags where user_id = $1`, [notes.user.userId])).toEqual([]);
    expect((await post(key, { title: 1 })).status).toBe(400);
    await notes.trash(id);
    const made = await post(key, { url: 'https://example.org/taken', tags: ['left-behind'] });
    expect([made.status, isReplayed(made)]).toEqual([201, false]);
  });

  it.each(['""', 'two words', '"a"b', 'x'.repeat(256)])('is 400 with %j as the key', async (key) => {
    const answer = await post(key, { title: 'a' });
    expect([answer.status, answer.body.type]).toEqual([400, 'urn:commonplace:problem:malformed-request']);
    expect(await countNotes()).toBe(0);
  });

  it('needs a user', async () => {
    const answer = await server.client.post('/api/v1/notes', { body: {}, headers: { 'idempotency-key': 'a' } });
    expect(answer.status).toBe(401);
  });

  it('is forgotten after 24 hours, and removed', async () => {
    const [old, young] = [newKey(), newKey()];
    for (const key of [old, young]) await post(key, { title: 'a' });
    const age = (key: string, hours: number) =>
      sql(`update idempotency_keys set created_at = now() - make_interval(hours => $2) where key = $1`, [
        key.replaceAll('"', ''),
        hours,
      ]);
    await age(young, 23);
    await age(old, 24);
    expect(isReplayed(await post(young, { title: 'a' }))).toBe(true);
    // Before it is removed, too; and then it counts anew.
    const anew = await post(old, { title: 'something else' });
    expect([anew.status, isReplayed(anew)]).toEqual([201, false]);
    expect(isReplayed(await post(old, { title: 'something else' }))).toBe(true);
    await age(old, 24);
    await server.app.get(IdempotencyRetention, { strict: false }).run(new AbortController().signal);
    const left = await sql(`select key from idempotency_keys where user_id = $1`, [notes.user.userId]);
    expect(left).toEqual([{ key: young.replaceAll('"', '') }]);
  });
});

describe('an upload with an Idempotency-Key', () => {
  const upload = (key: string, content: string): Promise<Answer<{ id: string; type: string }>> => {
    const form = new FormData();
    form.set('file', new Blob([content]), 'a.md');
    const headers = { 'idempotency-key': key };
    return server.client.post('/api/v1/imports', { token: notes.user.token, form, headers });
  };

  it('is imported once: the same job each time, and another file is 422', async () => {
    const key = newKey();
    const first = await upload(key, '# Uploaded');
    const second = await upload(key, '# Uploaded');
    expect([second.status, isReplayed(second), second.text]).toEqual([202, true, first.text]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    const other = await upload(key, '# Updated!');
    expect([other.status, other.body.type]).toEqual([422, 'urn:commonplace:problem:idempotency-key-reused']);
    const job = await finishedJob(server.client, notes.user.token, second);
    expect(job).toMatchObject({ status: 'completed', result: { created: 1 } });
    expect(await sql(`select 1 from jobs where user_id = $1`, [notes.user.userId])).toHaveLength(1);
    expect(readdirSync(join(server.dataDir, 'files', 'imports'))).toEqual([]);
  });

  it('that is refused keeps nothing', async () => {
    const key = newKey();
    expect((await upload(key, '')).status).toBe(422);
    expect((await upload(key, '# Better')).status).toBe(202);
  });
});

describe('every POST', () => {
  const posts = [...operations].filter(([route]) => route.startsWith('POST '));
  const takesKey = posts.filter(([, { parameters }]) => parameters.some(({ name }) => name === 'Idempotency-Key'));

  it('takes a key, or says that it does not: 400', async () => {
    expect(takesKey.length).toBeGreaterThanOrEqual(6);
    for (const [route, operation] of posts) {
      const path = route.slice('POST '.length).replace('{id}', '00000000-0000-7000-8000-000000000000');
      const headers = { 'idempotency-key': newKey() };
      const answer = await server.client.post<ProblemBody>(path, { headers, token: notes.user.token });
      const isRefused = answer.body.type === 'urn:commonplace:problem:idempotency-key-refused';
      expect([route, isRefused]).toEqual([route, !takesKey.some(([name]) => name === route)]);
      // Whoever is signed in can repeat everything but what answers with a secret, or is about signing in.
      if (isRefused) expect(path).toMatch(/^\/api\/v1\/(auth\/|access-tokens|shared\/|notes\/[^/]+\/shares)/);
      else expect(operation.responses).toMatchObject({ 409: expect.anything(), 422: expect.anything() });
    }
  });
});
