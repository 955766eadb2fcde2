import { RevisionRetention } from '../src/notes/revisions/revision-retention';
import { TrashRetention } from '../src/notes/trash/trash-retention';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { type Note, Notes } from './support/notes';
import { storedOf } from './support/quotas';

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp({
    environment: { TRASH_DAYS: '30', REVISIONS_KEEP_DAYS: '10', REVISIONS_KEEP_COUNT: '5' },
  });
});

beforeEach(async () => {
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

const sql = <Row extends object>(text: string, values: unknown[] = []) => query<Row>(app.databaseUrl, text, values);
const { signal } = new AbortController();

/** As by two processes at once. */
const both = (task: { run(of: AbortSignal): Promise<void> }) => Promise.all([task.run(signal), task.run(signal)]);
const emptyTrash = () => both(app.app.get(TrashRetention));
const removeRevisions = () => both(app.app.get(RevisionRetention));

/** A note in the trash since so many days. */
async function trashed(fields: object, days: number): Promise<Note> {
  const note = await notes.create({ ...fields });
  await notes.trash(note.id);
  await sql(`update notes set deleted_at = now() - make_interval(days => $2) where id = $1`, [note.id, days]);
  return note;
}

/** What the feed says is gone. */
async function tombstones(): Promise<string[]> {
  const { body } = await app.client.get<{ data: { id: string; deleted: boolean }[] }>('/api/v1/changes?limit=500', {
    token: notes.user.token,
  });
  return body.data.filter(({ deleted }) => deleted).map(({ id }) => id);
}

describe('the trash', () => {
  it('is emptied after 30 days, of what has been there for as long: counters and feed follow', async () => {
    const kept = await notes.create({ title: 'kept', tags: ['x'] });
    const young = await trashed({ title: 'young' }, 29);
    const old = await trashed({ title: 'old ä', body: 'text', url: 'https://example.org/', tags: ['x'] }, 31);
    const before = await storedOf(app, notes.user);
    await emptyTrash();
    await notes.refusal(404, 'GET', `/${old.id}`);
    expect([(await notes.read(kept.id)).tags, (await notes.read(young.id)).title]).toEqual([['x'], 'young']);
    expect(await tombstones()).toEqual([old.id]);
    const after = await storedOf(app, notes.user);
    expect([after.kept, after.kept, after.seq]).toEqual([after.counted, [2, 9], before.seq + 1]);
    expect((await notes.send('POST', `/${young.id}/restore`)).status).toBe(200);
  });

  it('is emptied in batches, of every user, whatever stands in the way of one', async () => {
    const others = [notes, await Notes.signUp(app.client)];
    for (const { user } of others) {
      await sql(
        `insert into notes (id, user_id, title, title_key, seq, created_at, updated_at, deleted_at, search)
         select gen_random_uuid(), $1, 'n' || at, '', at, now(), now(), now() - interval '31 days', '' from generate_series(1, 60) at`,
        [user.userId],
      );
      await sql(`update users set note_count = 60, note_bytes = 171, change_seq = 60 where id = $1`, [user.userId]);
    }
    const tasks = emptyTrash();
    const { id } = await notes.create({ title: 'meanwhile' });
    await tasks;
    // Whoever was writing when it was their turn is left to the next time.
    await emptyTrash();
    for (const { user } of others) {
      const { kept, counted } = await storedOf(app, user);
      expect([kept, counted]).toEqual(
        user === notes.user
          ? [
              [1, 9],
              [1, 9],
            ]
          : [
              [0, 0],
              [0, 0],
            ],
      );
    }
    expect((await notes.read(id)).title).toBe('meanwhile');
    expect(await tombstones()).toHaveLength(60);
  });

  it('is where a note can be deleted for good, with what it said, and nowhere else', async () => {
    const { id } = await notes.create({ title: 'a', body: 'b' });
    await notes.send('PATCH', `/${id}`, { title: 'c' });
    const path = `/${id}?permanent=true`;
    expect((await notes.refusal(409, 'DELETE', path)).type).toBe('urn:commonplace:problem:note-not-in-trash');
    await notes.refusal(400, 'DELETE', `/${id}?permanent=yes`);
    await (await Notes.signUp(app.client)).refusal(404, 'DELETE', path);
    expect((await notes.send('DELETE', `/${id}?permanent=false`)).status).toBe(204);
    await notes.refusal(412, 'DELETE', path, undefined, { 'If-Match': '"v2"' });
    const answers = await Promise.all([1, 2].map(() => notes.send('DELETE', path, undefined, { 'If-Match': '"v3"' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404]);
    expect(await sql(`select from revisions where note_id = $1`, [id])).toEqual([]);
    expect(await tombstones()).toEqual([id]);
    expect(await storedOf(app, notes.user)).toMatchObject({ kept: [0, 0], counted: [0, 0] });
    expect((await notes.create({ id, title: 'again' })).version).toBe(1);
  });
});

describe('revisions', () => {
  /** A note with revisions 1 to `count`, of which each was replaced a day before the next. */
  async function revised(count: number, youngest: number): Promise<string> {
    const { id } = await notes.create({ title: 'x' });
    await sql(
      `insert into revisions (note_id, version, user_id, title, created_at, replaced_at)
       select $1, at, $2, 'x', now() - interval '5 years', now() - make_interval(days => $4::integer, hours => (24 * ($3 - at))::integer)
       from generate_series(1, $3::integer) at`,
      [id, notes.user.userId, count, youngest],
    );
    return id;
  }

  async function versionsOf(id: string): Promise<number[]> {
    const rows = await sql<{ version: number }>(`select version from revisions where note_id = $1 order by version`, [
      id,
    ]);
    return rows.map(({ version }) => version);
  }

  it('are kept for some days from when they were replaced, and so many of a note', async () => {
    const [few, many, old, mixed] = [
      await revised(3, 0),
      await revised(40, 0),
      await revised(3, 11),
      await revised(4, 8),
    ];
    await removeRevisions();
    expect(await versionsOf(few)).toEqual([1, 2, 3]);
    expect(await versionsOf(many)).toEqual([36, 37, 38, 39, 40]);
    expect(await versionsOf(old)).toEqual([]);
    // Replaced 11, 10, 9 and 8 days ago; the moment between makes it a little more than 10.
    expect(await versionsOf(mixed)).toEqual([3, 4]);
    expect((await notes.read(old)).title).toBe('x');
  });

  it('of more notes, and more of a note, than one statement takes are removed all the same', async () => {
    await sql(
      `with made as (
         insert into notes (id, user_id, title, title_key, seq, created_at, updated_at, search)
         select gen_random_uuid(), $1, at::text, '', at, now(), now(), '' from generate_series(1, 450) at returning id
       )
       insert into revisions (note_id, version, user_id, title, created_at)
       select id, version, $1, 'x', now() from made cross join generate_series(1, 7) version`,
      [notes.user.userId],
    );
    const id = await revised(1, 0);
    await sql(
      `insert into revisions (note_id, version, user_id, title, created_at) select $1, at, $2, 'x', now() from generate_series(2, 2500) at`,
      [id, notes.user.userId],
    );
    await removeRevisions();
    const counts = await sql<{ count: string; lowest: number }>(
      `select distinct count(*), min(version) as lowest from revisions where user_id = $1 group by note_id order by 2`,
      [notes.user.userId],
    );
    expect(counts).toEqual([
      { count: '5', lowest: 3 },
      { count: '5', lowest: 2496 },
    ]);
  });
});
