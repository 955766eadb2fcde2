import { makeAccessToken } from './support/access-tokens';
import { startTestApp, type TestApp } from './support/app';
import { type Answer, readAll } from './support/client';
import { query } from './support/database';
import { finishedJob } from './support/imports';
import { NOTES, Notes } from './support/notes';
import { PAGE, PlanReader } from './support/plans';

interface Revision {
  version: number;
  title: string | null;
  url: string | null;
  body?: string | null;
  bytes: number;
  createdAt: string;
  replacedAt: string;
}

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  // So that the task that removes old ones, which runs by itself, leaves 10,000 alone.
  app = await startTestApp({ environment: { REVISIONS_KEEP_COUNT: '20000' } });
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

const sql = <Row extends object>(text: string, values: unknown[] = []) => query<Row>(app.databaseUrl, text, values);
const edit = (id: string, fields: object, of = notes) => of.send('PATCH', `/${id}`, fields);
const pathOf = (id: string): string => `${NOTES}/${id}/revisions`;

/** All revisions of a note, newest first. */
const revisionsOf = (id: string) => readAll<Revision>(app.client, pathOf(id), notes.user.token);
const titlesOf = async (id: string) => (await revisionsOf(id)).map(({ title }) => title);

/** Makes the last edit an earlier one. */
const age = (id: string, seconds: number) =>
  sql(`update notes set text_at = text_at - make_interval(secs => $2) where id = $1`, [id, seconds]);

describe('a change of what a note says', () => {
  it('keeps the former state: title, body and url', async () => {
    const note = await notes.create({ title: 'ä', body: 'first', url: 'https://example.org/kept', tags: ['x'] });
    await edit(note.id, { pinned: true });
    const { body: changed } = await edit(note.id, { body: 'second' });
    const [kept, ...others] = await revisionsOf(note.id);
    const expected = {
      version: 2,
      title: 'ä',
      url: note.url,
      bytes: 2 + 5 + 24,
      createdAt: note.createdAt,
      replacedAt: expect.any(String),
    };
    expect([kept, others]).toEqual([expected, []]);
    expect(Math.abs(Date.parse(kept?.replacedAt ?? '') - Date.parse(changed.updatedAt))).toBeLessThan(1_000);
    const { body } = await notes.send<Revision>('GET', `/${note.id}/revisions/2`);
    expect(body).toEqual({ ...kept, body: 'first' });
  });

  it('keeps nothing where none of the three changes', async () => {
    const { id } = await notes.create({ title: 'x', body: 'y' });
    for (const fields of [{ pinned: true }, { archived: true }, { tags: ['x'] }, { title: ' x ' }, { body: 'y' }]) {
      expect((await edit(id, fields)).status).toBe(200);
    }
    await notes.trash(id);
    await notes.send('POST', `/${id}/restore`);
    const bulk = await notes.send<Record<string, unknown>>('POST', '/bulk', { filter: {}, change: { addTags: ['y'] } });
    await finishedJob(app.client, notes.user.token, bulk as Answer);
    expect(await titlesOf(id)).toEqual([]);
  });

  it('is kept by every way of writing, a batch, a JSON patch and SQL by hand too', async () => {
    const { id } = await notes.create({ title: '0' });
    const operations = [{ op: 'replace', path: '/title', value: '1' }];
    await notes.send('PATCH', `/${id}`, operations, { 'content-type': 'application/json-patch+json' });
    await age(id, 60);
    await notes.send('POST', '/batch', { operations: [{ op: 'update', id, note: { title: '2' } }] });
    await sql(`update notes set title = '3', version = version + 1 where id = $1`, [id]);
    await edit(id, { title: '4' });
    expect(await titlesOf(id)).toEqual(['3', '2', '1', '0']);
    await sql(`update notes set title = '5' where id = $1`, [id]);
    expect((await edit(id, { title: '6' })).status).toBe(200);
    expect(await titlesOf(id)).toEqual(['4', '3', '2', '1', '0']);
  });

  it('that is refused keeps nothing', async () => {
    const { id } = await notes.create({ title: '0' });
    await sql(`update users set byte_limit = note_bytes where id = $1`, [notes.user.userId]);
    expect((await edit(id, { title: 'longer' })).status).toBe(422);
    await sql(`update users set byte_limit = null where id = $1`, [notes.user.userId]);
    expect(await titlesOf(id)).toEqual([]);
  });
});

describe('edits of one client', () => {
  it('within a minute keep one state: the one before the first of them', async () => {
    const { id } = await notes.create({ title: '0' });
    for (const title of ['1', '2', '3']) await edit(id, { title });
    expect(await titlesOf(id)).toEqual(['0']);
    await age(id, 58);
    await edit(id, { title: '4' });
    expect(await titlesOf(id)).toEqual(['0']);
    // The minute begins with the first of the edits: whoever writes for an hour has a state a minute.
    await age(id, 2);
    await edit(id, { title: '5' });
    expect((await revisionsOf(id)).map(({ version, title }) => [version, title])).toEqual([
      [5, '4'],
      [1, '0'],
    ]);
  });

  it('are told from those of others: another session, an access token', async () => {
    const { id } = await notes.create({ title: '0' });
    const { token } = await makeAccessToken(app.client, notes.user);
    const program = new Notes(app.client, { ...notes.user, token });
    await edit(id, { title: '1' });
    await edit(id, { title: '2' }, program);
    await edit(id, { title: '3' }, program);
    await edit(id, { title: '4' });
    expect(await titlesOf(id)).toEqual(['3', '1', '0']);
  });
});

describe('the revisions of a note', () => {
  it('are read in the trash too, and are nobody else’s', async () => {
    const { id } = await notes.create({ title: '0' });
    await edit(id, { title: '1' });
    await notes.trash(id);
    expect(await titlesOf(id)).toEqual(['0']);
    const stranger = await Notes.signUp(app.client);
    for (const path of ['', '/1']) await stranger.refusal(404, 'GET', `/${id}/revisions${path}`);
    for (const version of ['2', '2147483647']) await notes.refusal(404, 'GET', `/${id}/revisions/${version}`);
    for (const version of ['0', '-1', '01', '1e1', 'x', '1.5', '2147483648']) {
      const { errors } = await notes.refusal(400, 'GET', `/${id}/revisions/${version}`);
      expect(errors).toMatchObject([{ pointer: '{version}', code: 'isVersion' }]);
    }
    expect((await notes.refusal(404, 'GET', `/${stranger.user.userId}/revisions`)).detail).toContain('note');
  });

  it('of 10,000 edits cost a page, wherever it is', async () => {
    const { id } = await notes.create({ title: 'x' });
    await sql(
      `insert into revisions (note_id, version, user_id, title, body, created_at)
       select $1, at, $2, 'title ' || at, repeat(md5(at::text), 300), now() from generate_series(1, 10000) at`,
      [id, notes.user.userId],
    );
    await sql(`update notes set version = 10001 where id = $1`, [id]);
    await sql('analyze revisions');
    const plans = await PlanReader.open(app);
    const page = async (cursor = ''): Promise<{ versions: number[]; next: string | null }> => {
      const { body } = await app.client.get<{ data: Revision[]; page: { nextCursor: string | null } }>(
        `${pathOf(id)}?limit=100${cursor}`,
        { token: notes.user.token },
      );
      expect(await plans.costOf('list-revisions')).toBeLessThan(PAGE / 2);
      return { versions: body.data.map(({ version }) => version), next: body.page.nextCursor };
    };
    const other = await notes.create({ title: 'other' });
    const first = await page();
    await notes.refusal(400, 'GET', `/${other.id}/revisions?cursor=${first.next}`);
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { versions, next } = await page(cursor);
      seen.push(...versions);
      cursor = next && `&cursor=${next}`;
    }
    expect(seen).toEqual(Array.from({ length: 10_000 }, (_, at) => 10_000 - at));
    await notes.send('GET', `/${id}/revisions/5000`);
    expect(await plans.costOf('get-revision')).toBeLessThan(20);
    await plans.close();
  });
});

describe('a diff', () => {
  const diff = (id: string, path: string) => notes.send<Record<string, unknown>>('GET', `/${id}/revisions/${path}`);

  it('leads from a revision to what the note says, or to another one, either way', async () => {
    const { id } = await notes.create({ title: 'a', body: '1\n2\n' });
    await edit(id, { body: '1\n2\n3\n' });
    await age(id, 60);
    await edit(id, { title: 'b' });
    const inserted = { op: 'insert', text: '3\n' };
    const parts = [{ op: 'equal', text: '1\n2\n' }, inserted];
    const body = {
      field: 'body',
      isCoarse: false,
      hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 3, parts }],
    };
    const unified = '--- v1/body\n+++ v2/body\n@@ -1,2 +1,3 @@\n 1\n 2\n+3\n';
    expect((await diff(id, '1/diff?against=2')).body).toEqual({ from: 1, to: 2, fields: [body], unified });
    for (const against of ['', '?against=current', '?against=3']) {
      const answer = await diff(id, `1/diff${against}`);
      expect(answer.body).toMatchObject({ from: 1, to: 3, fields: [{ field: 'title' }, body] });
    }
    const back = await diff(id, '3/diff?against=1');
    expect(back.body.unified).toMatch(/-b\n(.*\n)*\+a\n(.*\n)*-3\n/);
    expect((await diff(id, '2/diff?against=2')).body).toEqual({ from: 2, to: 2, fields: [], unified: '' });
    for (const path of ['4/diff', '1/diff?against=4']) await notes.refusal(404, 'GET', `/${id}/revisions/${path}`);
    for (const path of ['x/diff', '1/diff?against=0', '1/diff?against=']) {
      await notes.refusal(400, 'GET', `/${id}/revisions/${path}`);
    }
    await (await Notes.signUp(app.client)).refusal(404, 'GET', `/${id}/revisions/1/diff`);
  });

  it('of texts that are too long is refused', async () => {
    const { id } = await notes.create({ body: 'x' });
    await edit(id, { body: '\n'.repeat(200_000) });
    const { type } = await notes.refusal(422, 'GET', `/${id}/revisions/1/diff`);
    expect(type).toBe('urn:commonplace:problem:diff-refused');
  });
});

describe('restoring a revision', () => {
  const restore = (id: string, version: number, headers?: Record<string, string>) =>
    notes.send('POST', `/${id}/revisions/${version}/restore`, undefined, headers);

  it('makes a new version that says it again, and keeps what was there, however new', async () => {
    const note = await notes.create({ title: 'a', body: 'text', url: 'https://example.org/restored', tags: ['x'] });
    await edit(note.id, { title: 'b', body: null, url: null, tags: ['y'] });
    const { status, body, headers } = await restore(note.id, 1, { 'If-Match': '"v2"' });
    const expected = { ...note, tags: ['y'], version: 3, updatedAt: body.updatedAt };
    expect([status, body, headers.get('etag')]).toEqual([200, expected, '"v3"']);
    expect(await titlesOf(note.id)).toEqual(['b', 'a']);
    await edit(note.id, { title: 'c' });
    expect(await titlesOf(note.id)).toEqual(['a', 'b', 'a']);
    await restore(note.id, 3);
    expect((await restore(note.id, 3)).body.version).toBe(5);
  });

  it('happens once of two at once that are based on one version', async () => {
    const { id } = await notes.create({ title: 'a' });
    await edit(id, { title: 'b' });
    const both = await Promise.all([1, 1].map((version) => restore(id, version, { 'If-Match': '"v2"' })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect(await titlesOf(id)).toEqual(['b', 'a']);
  });

  it('is refused in the trash, for an address that is taken, without room, and to others', async () => {
    const url = 'https://example.org/taken';
    const { id } = await notes.create({ title: 'long', url });
    await edit(id, { title: 'x', url: null });
    const path = `/${id}/revisions/1/restore`;
    await (await Notes.signUp(app.client)).refusal(404, 'POST', path);
    await notes.refusal(404, 'POST', `/${id}/revisions/2/restore`);
    await sql(`update users set byte_limit = note_bytes where id = $1`, [notes.user.userId]);
    await notes.refusal(422, 'POST', path);
    await sql(`update users set byte_limit = null where id = $1`, [notes.user.userId]);
    const other = await notes.create({ url });
    expect((await notes.refusal(409, 'POST', path)).existingId).toBe(other.id);
    await notes.trash(id);
    expect((await notes.refusal(409, 'POST', path)).type).toBe('urn:commonplace:problem:note-in-trash');
    expect(await titlesOf(id)).toEqual(['long']);
  });
});
