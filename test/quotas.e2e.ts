import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { query } from './support/database';
import { type Note, NOTES, Notes, type ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';
import { QUOTA, type Quota, type Stored, storedOf } from './support/quotas';

let server: TestApp;
let notes: Notes;

beforeAll(async () => {
  server = await startTestApp({ environment: { USER_NOTE_LIMIT: '3', USER_BYTE_LIMIT: '100' } });
});

beforeEach(async () => {
  notes = await Notes.signUp(server.client);
});

afterAll(() => server.close());

async function quotaOf({ token }: SignedIn): Promise<Quota> {
  const { status, body } = await server.client.get<Quota>(QUOTA, { token });
  expect(status).toBe(200);
  return body;
}

/** What an administrator would have said. */
async function setLimits(noteLimit: number | null, byteLimit: number | null): Promise<void> {
  await query(server.databaseUrl, `update users set note_limit = $2, byte_limit = $3 where id = $1`, [
    notes.user.userId,
    noteLimit,
    byteLimit,
  ]);
}

const stored = (): Promise<Stored> => storedOf(server, notes.user);

function expectRefused(answer: Answer<object>, limit: string, maximum: number, used: number): void {
  const { instance } = answer.body as ProblemBody;
  expectProblem(answer, 422, 'quota-exceeded', instance, ['limit', 'maximum', 'used']);
  expect(answer.body).toMatchObject({ limit, maximum, used });
}

const send = (method: string, path: string, body?: unknown): Promise<Answer<Note>> => notes.send(method, path, body);

describe('what a user may keep', () => {
  it('is said to the user, with what is kept: titles, texts and addresses in bytes, the trash too', async () => {
    expect(await quotaOf(notes.user)).toEqual({ notes: { limit: 3, used: 0 }, bytes: { limit: 100, used: 0 } });
    await notes.create({ title: 'ä€😀', body: '12', tags: ['tags do not count'] });
    const { id } = await notes.create({ url: 'https://example.org/' });
    await notes.trash(id);
    expect(await quotaOf(notes.user)).toEqual({ notes: { limit: 3, used: 2 }, bytes: { limit: 100, used: 31 } });
    await setLimits(0, 0);
    expect(await quotaOf(notes.user)).toEqual({ notes: { limit: null, used: 2 }, bytes: { limit: null, used: 31 } });
  });

  it('ends a number of notes: the last one fits, one more is refused and changes nothing', async () => {
    for (const title of ['1', '2', '3']) await notes.create({ title });
    const before = await stored();
    expectRefused(await send('POST', '', { title: '4', tags: ['new'] }), 'notes', 3, 3);
    expect(await stored()).toEqual(before);
    expect(await query(server.databaseUrl, `select name from tags where user_id = $1`, [notes.user.userId])).toEqual(
      [],
    );
    await setLimits(4, null);
    await notes.create({ title: '4' });
    expectRefused(await send('POST', '', { title: '5' }), 'notes', 4, 4);
  });

  it('ends at a number of bytes: exactly as many fit', async () => {
    await notes.create({ body: 'x'.repeat(60) });
    expectRefused(await send('POST', '', { title: 'x', body: 'ä'.repeat(20) }), 'bytes', 100, 60);
    const { id } = await notes.create({ body: 'ä'.repeat(20) });
    expectRefused(await send('PATCH', `/${id}`, { title: 'x' }), 'bytes', 100, 100);
    expect(await notes.read(id)).toMatchObject({ title: null, version: 1 });
    expect(await stored()).toMatchObject({ kept: [2, 100], counted: [2, 100], seq: 2 });
    expect((await send('PATCH', `/${id}`, { title: 'x', body: `${'ä'.repeat(19)}x` })).status).toBe(200);
  });

  it('does not stand in the way of what does not grow, also above a limit', async () => {
    const { id } = await notes.create({ title: 'first', body: 'x'.repeat(50) });
    const other = await notes.create({ title: 'other' });
    await setLimits(1, 10);
    for (const patch of [{ pinned: true }, { tags: ['x'] }, { title: 'tsrif' }, { body: 'x'.repeat(49) }]) {
      expect((await send('PATCH', `/${id}`, patch)).status).toBe(200);
    }
    expectRefused(await send('PATCH', `/${id}`, { body: 'x'.repeat(50) }), 'bytes', 10, 59);
    await notes.trash(other.id);
    expect((await send('POST', `/${other.id}/restore`)).status).toBe(200);
    expectRefused(await send('POST', '', { title: 'x' }), 'notes', 1, 2);
    expect(await stored()).toMatchObject({ kept: [2, 59], counted: [2, 59] });
  });

  it('has one winner when several ask for the last place at once', async () => {
    await notes.create({ title: '1' });
    await notes.create({ title: '2' });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => send('POST', '', { title: `x${at}` })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(7).fill(422)]);
    for (const answer of answers.filter(({ status }) => status === 422)) expectRefused(answer, 'notes', 3, 3);
    expect(await stored()).toMatchObject({ kept: [3, 4], counted: [3, 4], seq: 3 });
  });

  it('has one winner when several grow into the last bytes at once', async () => {
    await setLimits(0, 100);
    const made = await Promise.all([1, 2, 3, 4].map(() => notes.create({ body: 'x'.repeat(20) })));
    const grow = { body: 'x'.repeat(35) };
    const answers = await Promise.all([
      ...made.map(({ id }) => send('PATCH', `/${id}`, grow)),
      send('POST', '', { body: 'x'.repeat(15) }),
    ]);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(4);
    const { kept, counted } = await stored();
    expect([kept, kept[1]]).toEqual([counted, 95]);
  });

  it('is counted anew by what the documentation says', async () => {
    await notes.create({ title: 'ä', body: '€', url: 'https://example.org/recount' });
    await notes.trash((await notes.create({ title: 'x' })).id);
    await query(server.databaseUrl, `update users set note_count = 7, note_bytes = -7`);
    const operations = readFileSync(join(__dirname, '..', 'docs', 'operations.md'), 'utf8');
    const [, recount = ''] = /```sql\n(begin;\nlock table users [^`]+)```/.exec(operations) ?? [];
    await query(server.databaseUrl, recount);
    const { kept, counted } = await stored();
    expect([kept, kept[0]]).toEqual([counted, 2]);
    const empty = await server.client.signUp();
    expect((await storedOf(server, empty)).kept).toEqual([0, 0]);
    const off = await query(server.databaseUrl, `select from users where note_count = 7 or note_bytes < 0`);
    expect(off).toEqual([]);
  });

  it('is no word on accounts that are gone', async () => {
    await query(server.databaseUrl, `delete from users where id = $1`, [notes.user.userId]);
    expect((await send('POST', '', { title: 'x' })).status).toBe(401);
    expect((await server.client.get(QUOTA, { token: notes.user.token })).status).toBe(401);
    expect((await server.client.get(NOTES, { token: notes.user.token })).status).toBe(200);
  });
});
