import { ChangeRetention } from '../src/notes/changes/change-retention';
import { startTestApp, type TestApp } from './support/app';
import { type Change, CHANGES, Feed } from './support/changes';
import { query } from './support/database';
import { finishedJob, upload } from './support/imports';
import { Notebooks } from './support/notebooks';
import { Notes } from './support/notes';
import { expectProblem } from './support/problems';

let server: TestApp;
let notes: Notes;
let feed: Feed;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server.close());

beforeEach(async () => {
  notes = await Notes.signUp(server.client);
  feed = new Feed(server.client, notes.user);
});

const sql = (text: string, values: unknown[] = []) => query<Record<string, unknown>>(server.databaseUrl, text, values);
const named = ({ type, deleted, note, notebook, tag, search }: Change): string =>
  `${deleted ? '-' : ''}${type} ${note?.title ?? notebook?.name ?? tag?.name ?? search?.name ?? ''}`.trim();
const names = (changes: Change[]): string[] => changes.map(named);

describe('the feed of changes', () => {
  it('is empty at first, and gives a cursor to go on from', async () => {
    const { data, page } = await feed.page();
    expect([data, page.hasMore]).toEqual([[], false]);
    const note = await notes.create({ title: 'One' });
    const { changes, cursor } = await feed.read(page.nextCursor);
    expect(changes).toEqual([
      {
        seq: 1,
        type: 'note',
        id: note.id,
        deleted: false,
        changedAt: expect.any(String) as string,
        note,
        notebook: null,
        tag: null,
        search: null,
        share: null,
      },
    ]);
    expect((await feed.page({ since: cursor })).data).toEqual([]);
  });

  it('has each entity once, at its last change, in the order of changes', async () => {
    const notebook = await new Notebooks(server.client, notes.user).create('Box');
    const one = await notes.create({ title: 'One', tags: ['x'], notebookId: notebook.id });
    await notes.create({ title: 'Two', tags: ['x'] });
    const { cursor, changes } = await feed.read();
    expect(names(changes)).toEqual(expect.arrayContaining(['notebook Box', 'note One', 'tag x', 'note Two']));
    expect(changes).toHaveLength(4);
    await notes.send('PATCH', `/${one.id}`, { title: 'First', tags: ['x', 'y'] });
    await notes.send('PATCH', `/${one.id}`, { pinned: true });
    await notes.send('PATCH', `/${one.id}`, { pinned: true });
    const later = (await feed.read(cursor)).changes;
    expect(names(later)).toEqual(['tag y', 'note First']);
    expect(later[1]?.note).toEqual(await notes.read(one.id));
    const all = (await feed.read()).changes;
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(all.at(-1)?.id).toBe(one.id);
  });

  it('shows a note that goes to the trash, and a tombstone for what is deleted for good', async () => {
    const note = await notes.create({ title: 'One', tags: ['x'] });
    const { cursor, changes } = await feed.read();
    await notes.trash(note.id);
    const trashed = await feed.read(cursor);
    expect(trashed.changes.map(({ deleted, note: shown }) => [deleted, shown?.deletedAt !== null])).toEqual([
      [false, true],
    ]);
    await sql(`delete from notes where id = $1`, [note.id]);
    const tag = changes.find(({ type }) => type === 'tag')?.id ?? '';
    await server.client.delete(`/api/v1/tags/${tag}`, { token: notes.user.token });
    const gone = (await feed.read(trashed.cursor)).changes;
    expect(gone.map(({ id, deleted, note: shown }) => [id, deleted, shown])).toEqual([
      [note.id, true, null],
      [tag, true, null],
    ]);
  });

  it('has saved searches, at each of their changes', async () => {
    const { token } = notes.user;
    const { cursor } = await feed.read();
    const saved = await server.client.post('/api/v1/searches', { token, body: { name: 'Saved', q: 'x' } });
    const made = await feed.read(cursor);
    expect(made.changes).toMatchObject([{ type: 'search', id: saved.body.id, deleted: false, search: saved.body }]);
    const path = `/api/v1/searches/${made.changes[0]?.id}`;
    await server.client.patch(path, { token, body: { name: 'Saved' } });
    const changed = await server.client.patch(path, { token, body: { q: 'y' } });
    const later = await feed.read(made.cursor);
    expect(later.changes.map(({ search }) => search)).toEqual([changed.body]);
    await server.client.delete(path, { token });
    expect(names((await feed.read(later.cursor)).changes)).toEqual(['-search']);
    expect((await feed.read(undefined, { types: 'note,search' })).changes).toHaveLength(1);
  });

  it('is in no way behind statements that change many: notebooks that go, tags on many notes, imports', async () => {
    const notebooks = new Notebooks(server.client, notes.user);
    const box = await notebooks.create('Box');
    const inner = await notebooks.create('Inner', box.id);
    for (const title of ['A', 'B']) await notes.create({ title, tags: ['x'], notebookId: inner.id });
    const { cursor, changes } = await feed.read();
    await server.client.delete(`/api/v1/notebooks/${box.id}?notes=trash`, { token: notes.user.token });
    const removed = await feed.read(cursor);
    expect(names(removed.changes).toSorted()).toEqual(['-notebook', '-notebook', 'note A', 'note B']);
    expect(removed.changes.filter(({ note }) => note !== null).map(({ note }) => note?.notebookId)).toEqual([
      null,
      null,
    ]);
    const tag = changes.find(({ type }) => type === 'tag')?.id ?? '';
    await server.client.patch(`/api/v1/tags/${tag}`, { token: notes.user.token, body: { name: 'y' } });
    const renamed = await feed.read(removed.cursor);
    expect(names(renamed.changes).toSorted()).toEqual(['note A', 'note B', 'tag y']);
    await finishedJob(
      server.client,
      notes.user.token,
      await upload(server.client, notes.user.token, '# New\n', 'x.md'),
    );
    expect(names((await feed.read(renamed.cursor)).changes)).toEqual(['note New']);
  });

  it('pages without gap or repeat, by types too, and leaves no reader of a rare type behind', async () => {
    for (let i = 0; i < 7; i += 1) await notes.create({ title: `N${i}`, tags: [`t${i}`] });
    const all = await feed.read();
    expect(await feed.read(undefined, { limit: '3' })).toEqual(all);
    const tags = await feed.read(undefined, { types: 'tag', limit: '2' });
    expect(tags.changes).toEqual(all.changes.filter(({ type }) => type === 'tag'));
    const both = await feed.read(undefined, { types: 'tag,note', limit: '5' });
    expect(both.changes).toEqual(all.changes);
    const none = await feed.read(undefined, { types: 'notebook' });
    expect([none.changes, none.cursor]).toEqual([[], all.cursor]);
  });

  it('misses nothing that changes while it is read from the start', async () => {
    const made = [];
    for (let i = 0; i < 6; i += 1) made.push(await notes.create({ title: `N${i}` }));
    const first = await feed.page({ limit: '2' });
    await notes.send('PATCH', `/${made[0]?.id}`, { title: 'Seen, then changed' });
    await notes.send('PATCH', `/${made[5]?.id}`, { title: 'Changed, then seen' });
    await sql(`delete from notes where id = $1`, [made[4]?.id]);
    const { changes } = await feed.read(first.page.nextCursor, { limit: '2' });
    expect(names(changes)).toEqual([
      'note N2',
      'note N3',
      'note Seen, then changed',
      'note Changed, then seen',
      '-note',
    ]);
  });

  it('refuses cursors that are none of its own, and limits and types that are none', async () => {
    const { cursor } = await feed.read();
    const other = new Feed(server.client, await server.client.signUp());
    const future = Buffer.from(JSON.stringify(['changes', notes.user.userId, 5, 5])).toString('base64url');
    for (const [reader, since] of [
      [other, cursor],
      [feed, 'x'],
      [feed, future],
    ] as const)
      expectProblem(await reader.ask({ since }), 400, 'malformed-request', CHANGES);
    for (const wrong of [{ limit: '0' }, { limit: '501' }, { types: 'note,job' }, { types: '' }, { cursor }])
      expectProblem(await feed.ask(wrong as unknown as Record<string, string>), 400, 'validation-failed', CHANGES, [
        'errors',
      ]);
  });
});

describe('tombstones', () => {
  const retain = (): Promise<void> => server.app.get(ChangeRetention).run(new AbortController().signal);
  const age = (days: number): Promise<object[]> =>
    sql(`update changes set changed_at = now() - make_interval(days => $2) where user_id = $1 and deleted`, [
      notes.user.userId,
      days,
    ]);

  it('are kept for 180 days; then a cursor that is older answers 410, and a newer one goes on', async () => {
    const note = await notes.create({ title: 'One' });
    await notes.create({ title: 'Two' });
    const before = await feed.read();
    await sql(`delete from notes where id = $1`, [note.id]);
    const after = await feed.read(before.cursor);
    await age(179);
    await retain();
    expect((await feed.read(before.cursor)).changes).toHaveLength(1);
    await age(181);
    await retain();
    const refused = await feed.ask({ since: before.cursor });
    expectProblem(refused, 410, 'cursor-expired', CHANGES);
    expect(refused.body.detail).toContain('without since');
    expect((await feed.read(after.cursor)).changes).toEqual([]);
    expect(names((await feed.read()).changes)).toEqual(['note Two']);
  });

  it('may go while the feed is read from the start: it has shown nothing that they are about', async () => {
    const note = await notes.create({ title: 'Gone' });
    for (const title of ['A', 'B', 'C']) await notes.create({ title });
    await sql(`delete from notes where id = $1`, [note.id]);
    const { page } = await feed.page({ limit: '1' });
    await age(181);
    await retain();
    expect(names((await feed.read(page.nextCursor, { limit: '1' })).changes)).toEqual(['note B', 'note C']);
    const later = await feed.page({ limit: '1' });
    const [b] = later.data;
    await sql(`delete from notes where id = $1`, [b?.id]);
    await age(181);
    await retain();
    expectProblem(await feed.ask({ since: later.page.nextCursor }), 410, 'cursor-expired', CHANGES);
  });

  it('are not written for an account that is being deleted', async () => {
    await notes.create({ title: 'One', tags: ['x'] });
    await sql(`update users set delete_after = now() - interval '1 second' where id = $1`, [notes.user.userId]);
    await sql(`delete from notes where user_id = $1`, [notes.user.userId]);
    expect(await sql(`select from changes where user_id = $1 and deleted`, [notes.user.userId])).toEqual([]);
    await sql(`delete from users where id = $1`, [notes.user.userId]);
    expect(await sql(`select from changes where user_id = $1`, [notes.user.userId])).toEqual([]);
  });
});
