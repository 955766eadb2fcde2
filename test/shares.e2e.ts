import { startTestApp, type TestApp } from './support/app';
import { readAll } from './support/client';
import { Feed } from './support/changes';
import { query } from './support/database';
import { eventually } from './support/eventually';
import { Notes, type ProblemBody } from './support/notes';
import { PlanReader } from './support/plans';
import { expectProblem } from './support/problems';
import { type Share, SHARED, Shares, SHARES } from './support/shares';

const DAY_MS = 86_400_000;
const PASSWORD = 'blue kettle';

let server: TestApp;
let notes: Notes;
let shares: Shares;

beforeAll(async () => {
  server = await startTestApp({
    environment: { SIGN_IN_LIMIT_PER_ACCOUNT: '24', PUBLIC_URL: 'https://notes.example' },
  });
  notes = await Notes.signUp(server.client);
  shares = new Shares(server.client, notes.user);
});

afterAll(() => server.close());

const sql = (text: string, values: unknown[] = []) => query<Record<string, unknown>>(server.databaseUrl, text, values);
const open = (token: string) => server.client.get<Record<string, unknown>>(`${SHARED}/${token}`);
const unlock = (token: string, password: unknown) => server.client.post(`${SHARED}/${token}`, { body: { password } });
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
const pointersOf = ({ body }: { body: ProblemBody }): string[] => (body.errors ?? []).map(({ pointer }) => pointer);
const seqOf = async (): Promise<number> => {
  const [row] = await sql('select change_seq from users where id = $1', [notes.user.userId]);
  return Number(row?.change_seq);
};

describe('shares', () => {
  it('are made with a link that is shown once, read, changed and revoked, each with a number of the sequence', async () => {
    const note = await notes.create({ title: 'One' });
    const before = await seqOf();
    const end = inDays(2);
    const made = await shares.make(note.id, { password: PASSWORD, expiresAt: end });
    const { token = '', url, ...share } = made.body;
    expect([
      made.status,
      made.headers.get('etag'),
      made.headers.get('location'),
      made.headers.get('cache-control'),
    ]).toEqual([201, '"v1"', `${SHARES}/${share.id}`, 'no-store']);
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(url).toBe(`https://notes.example/s/${token}`);
    expect(share).toEqual({
      id: expect.any(String) as string,
      noteId: note.id,
      hasPassword: true,
      expiresAt: end,
      viewCount: 0,
      lastViewedAt: null,
      version: 1,
      createdAt: expect.any(String) as string,
      updatedAt: share.createdAt,
    });
    const path = `/${share.id}`;
    expect((await shares.send('GET', path)).body).toEqual(share);
    const stored = await sql('select s::text as row, password_hash from shares s where id = $1', [share.id]);
    expect(JSON.stringify(stored)).not.toContain(token);
    expect(stored[0]?.password_hash).toMatch(/^\$argon2id\$/);

    const opened = await shares.send('PATCH', path, { password: null }, { 'if-match': '"v1"' });
    expect([opened.status, opened.headers.get('etag')]).toEqual([200, '"v2"']);
    expect(opened.body).toMatchObject({ hasPassword: false, expiresAt: end, version: 2 });
    for (const patch of [{}, { password: null }, { expiresAt: end }]) {
      expect((await shares.send('PATCH', path, patch)).body.version).toBe(2);
    }
    const closed = await shares.send('PATCH', path, { password: 'another kettle', expiresAt: null });
    expect(closed.body).toMatchObject({ hasPassword: true, expiresAt: null, version: 3 });
    expect(await seqOf()).toBe(before + 3);
    const stale = await shares.send('DELETE', path, undefined, { 'if-match': '"v2"' });
    expect([stale.status, stale.body.currentVersion]).toEqual([412, 3]);
    expect((await shares.send('DELETE', path, undefined, { 'if-match': '"v3"' })).status).toBe(204);
    for (const method of ['GET', 'DELETE']) expect((await shares.send(method, path)).status).toBe(404);
    expect((await shares.send('PATCH', path, { password: null })).status).toBe(404);
    expect((await unlock(token, 'another kettle')).status).toBe(404);
    expect(await seqOf()).toBe(before + 4);
    const trail = await sql(
      `select type, detail, session_id is not null as in_session from audit_events where user_id = $1 and type like 'share-%' order by created_at`,
      [notes.user.userId],
    );
    const detail = { shareId: share.id, noteId: note.id };
    expect(trail).toEqual([
      { type: 'share-made', detail, in_session: true },
      { type: 'share-revoked', detail, in_session: true },
    ]);
  });

  it('are listed, newest first, all or those of a note', async () => {
    const other = await Notes.signUp(server.client);
    const mine = new Shares(server.client, other.user);
    const [first, second] = [await other.create({ title: 'a' }), await other.create({ title: 'b' })];
    const made: string[] = [];
    for (const note of [first, second, first]) made.unshift((await mine.create(note)).id);
    const listed = async (filter: string) =>
      (await readAll<Share>(server.client, `${SHARES}?limit=1${filter}`, other.user.token)).map(({ id }) => id);
    expect(await listed('')).toEqual(made);
    expect(await listed(`&note=${first.id}`)).toEqual([made[0], made[2]]);
    const page = await mine.send<{ page: { nextCursor: string } }>('GET', '?limit=1');
    const cursor = page.body.page.nextCursor;
    expect((await mine.send('GET', `?note=${first.id}&cursor=${cursor}`)).status).toBe(400);
    expect(pointersOf(await mine.send('GET', '?note=x'))).toEqual(['?note']);
    const ofStranger = await shares.send<{ data: Share[] }>('GET', `?note=${first.id}`);
    expect(ofStranger.body.data).toEqual([]);
  });

  it('are found by an index, however many there are', async () => {
    const owner = await Notes.signUp(server.client);
    const note = await owner.create({ title: 'Shared often' });
    await sql(
      `insert into shares (id, user_id, note_id, hash, seq) select gen_random_uuid(), $1, $2, sha256(gen_random_uuid()::text::bytea), 0 from generate_series(1, 5000)`,
      [owner.user.userId, note.id],
    );
    await sql('analyze shares');
    const plans = await PlanReader.open(server);
    try {
      const { token } = owner.user;
      for (const [filter, name] of [
        ['', 'list-shares'],
        [`?note=${note.id}`, 'list-note-shares'],
      ] as const) {
        expect((await server.client.get(SHARES + filter, { token })).status).toBe(200);
        expect(await plans.costOf(name)).toBeLessThan(100);
      }
    } finally {
      await plans.close();
      await sql('delete from users where id = $1', [owner.user.userId]);
    }
  });

  it.each([
    [{ password: 'seven77' }, '#/password'],
    [{ password: 'x'.repeat(129) }, '#/password'],
    [{ password: 'with\0NUL here' }, '#/password'],
    [{ password: 'two\nlines of it' }, '#/password'],
    [{ password: 12_345_678 }, '#/password'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, '#/expiresAt'],
    [{ expiresAt: inDays(3_660) }, '#/expiresAt'],
    [{ expiresAt: 'tomorrow' }, '#/expiresAt'],
    [{ expiresAt: 1 }, '#/expiresAt'],
    [{ token: 'mine' }, '#/token'],
  ])('refuse %j', async (body, pointer) => {
    const note = await notes.create({ title: 'Refused' });
    const made = await shares.make(note.id, body);
    expect([made.status, pointersOf(made)]).toEqual([400, [pointer]]);
    const { id } = await shares.create(note);
    expect(pointersOf(await shares.send('PATCH', `/${id}`, body))).toEqual([pointer]);
  });

  it('take the shortest and the longest password, and ends up to ten years away', async () => {
    const note = await notes.create({ title: 'Bounds' });
    const longest = '\u{1F511}'.repeat(128);
    for (const password of ['eight888', longest]) {
      const { token } = await shares.create(note, { password, expiresAt: inDays(3_650) });
      expect((await unlock(token, password)).status).toBe(200);
    }
    // Typed on another keyboard.
    const { token } = await shares.create(note, { password: 'caf\u00e9 au lait' });
    expect((await unlock(token, 'cafe\u0301 au lait')).status).toBe(200);
  });

  it('are at most a hundred of a note, also when several are made at once', async () => {
    const note = await notes.create({ title: 'Shared' });
    await sql(
      `insert into shares (id, user_id, note_id, hash, seq, expires_at) select gen_random_uuid(), $1, $2, sha256(at::text::bytea), 0, now() from generate_series(1, 98) at`,
      [notes.user.userId, note.id],
    );
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(() => shares.make(note.id)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.type).toBe('urn:commonplace:problem:too-many-shares');
    expect((await shares.make((await notes.create({ title: 'Another' })).id)).status).toBe(201);
  });

  it('are of a note outside the trash, and take no key: their answer is secret', async () => {
    const note = await notes.create({ title: 'Away' });
    const path = `/api/v1/notes/${note.id}/shares`;
    expectProblem(await shares.make(note.id, {}, { 'idempotency-key': 'k' }), 400, 'idempotency-key-refused', path);
    await notes.trash(note.id);
    expectProblem(await shares.make(note.id), 409, 'note-in-trash', path);
    await notes.send('DELETE', `/${note.id}?permanent=true`);
    expectProblem(await shares.make(note.id), 404, 'not-found', path);
    expect((await server.client.post(path.replace(note.id, 'x'), { token: notes.user.token })).status).toBe(400);
  });

  it('are revoked once, also by two at once, and ask for If-Match where the account does', async () => {
    const { id } = await shares.create(await notes.create({ title: 'Twice' }));
    const answers = await Promise.all([shares.send('DELETE', `/${id}`), shares.send('DELETE', `/${id}`)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404]);
    const careful = await Notes.signUp(server.client);
    await server.client.patch('/api/v1/users/me', { token: careful.user.token, body: { requireIfMatch: true } });
    const theirs = new Shares(server.client, careful.user);
    const made = await theirs.create(await careful.create({ title: 'Careful' }));
    expect((await theirs.send('PATCH', `/${made.id}`, { expiresAt: null })).status).toBe(428);
    expect((await theirs.send('DELETE', `/${made.id}`)).status).toBe(428);
    expect((await theirs.send('DELETE', `/${made.id}`, undefined, { 'if-match': '"v1"' })).status).toBe(204);
  });

  it('are in the feed of changes, without their views, and leave tombstones, also with their note', async () => {
    const owner = await Notes.signUp(server.client);
    const mine = new Shares(server.client, owner.user);
    const feed = new Feed(server.client, owner.user);
    const note = await owner.create({ title: 'Synced' });
    const { cursor } = await feed.read();
    const [one, two] = [await mine.create(note), await mine.create(note)];
    const made = await feed.read(cursor);
    const { viewCount: _, lastViewedAt: __, ...synced } = await mine.read(one.id);
    expect(made.changes).toMatchObject([
      { type: 'share', id: one.id, deleted: false, note: null, share: synced },
      { type: 'share', id: two.id },
    ]);
    expect(made.changes[0]?.share).toEqual(synced);
    await open(one.token);
    await eventually('The view is counted', async () => ((await mine.read(one.id)).viewCount === 1 ? true : undefined));
    expect((await feed.read(made.cursor)).changes).toEqual([]);
    const patched = (await mine.send('PATCH', `/${one.id}`, { password: PASSWORD })).body;
    await mine.send('DELETE', `/${two.id}`);
    const later = await feed.read(made.cursor, { types: 'share' });
    expect(later.changes.map(({ id, deleted, share }) => [id, deleted, share?.version])).toEqual([
      [one.id, false, patched.version],
      [two.id, true, undefined],
    ]);
    await owner.trash(note.id);
    await owner.send('DELETE', `/${note.id}?permanent=true`);
    const gone = await feed.read(later.cursor);
    expect(gone.changes.map(({ id, deleted }) => [id, deleted])).toEqual(
      expect.arrayContaining([
        [note.id, true],
        [one.id, true],
      ]),
    );
  });
});
