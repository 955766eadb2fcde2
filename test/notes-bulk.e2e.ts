import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { eventually } from './support/eventually';
import { Notes, type Note, type ProblemBody } from './support/notes';

interface BulkJob {
  id: string;
  type: string;
  status: string;
  progress: { done: number; total: number | null };
  result: { changed: number; unchanged: number; refused: number; problems: { id: string; code: string }[] };
}

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
});

beforeEach(async () => {
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

const sql = (text: string, values: unknown[]) => query<Record<string, unknown>>(app.databaseUrl, text, values);

/** The job of a change, once it has ended. */
async function change(filter: object, changes: object, as = notes): Promise<BulkJob> {
  const answer = await as.send<BulkJob>('POST', '/bulk', { filter, change: changes });
  if (answer.status !== 202) throw new Error(answer.text);
  expect([answer.body.type, answer.headers.get('location')]).toEqual([
    'change-notes',
    `/api/v1/jobs/${answer.body.id}`,
  ]);
  return eventually('The change is done', async () => {
    const { body } = await app.client.get<BulkJob>(`/api/v1/jobs/${answer.body.id}`, { token: as.user.token });
    return ['completed', 'failed'].includes(body.status) ? body : undefined;
  });
}

describe('a change by filter', () => {
  it('changes what the filter finds as single changes would, and nothing else', async () => {
    const found = await notes.create({ title: 'found words', body: 'text', tags: ['Old', 'keep'] });
    const other = await notes.create({ title: 'other', tags: ['keep'] });
    const stranger = await Notes.signUp(app.client);
    const theirs = await stranger.create({ title: 'theirs', tags: ['old'] });
    const changes = { addTags: ['New', 'KEEP'], removeTags: ['old'], pinned: true, archived: true };
    const job = await change({ tag: ['old'] }, changes);
    expect(job).toMatchObject({ status: 'completed', progress: { done: 1, total: 1 } });
    expect(job.result).toEqual({ changed: 1, unchanged: 0, refused: 0, problems: [] });
    const changed = await notes.read(found.id);
    expect(changed).toEqual({
      ...found,
      tags: ['keep', 'New'],
      pinned: true,
      archivedAt: changed.updatedAt,
      version: 2,
      updatedAt: changed.updatedAt,
    });
    expect([await notes.read(other.id), await stranger.read(theirs.id)]).toEqual([other, theirs]);
    const ids = async (search: string) => (await notes.list(`q=${search}`)).data.map(({ id }) => id);
    expect([await ids('new'), await ids('old'), await ids('text')]).toEqual([[found.id], [], [found.id]]);
    const rows = await sql(`select n.seq, u.change_seq from notes n join users u on u.id = n.user_id where n.id = $1`, [
      found.id,
    ]);
    expect(rows).toEqual([{ seq: '3', change_seq: '3' }]);
  });

  it('counts what is so already, and what is refused, with why', async () => {
    const url = 'https://example.org/bulk';
    const first = await notes.create({ url });
    await notes.trash(first.id);
    const second = await notes.create({ url });
    await notes.trash(second.id);
    const plain = await notes.create({ title: 'a' });
    await notes.trash(plain.id);
    const full = await notes.create({ title: 'full', tags: Array.from({ length: 100 }, (_, at) => `t${at}`) });

    const edited = await change({ trashed: true }, { pinned: true });
    expect(edited.result).toMatchObject({ changed: 0, refused: 3 });
    expect(edited.result.problems.map(({ code }) => code)).toEqual(Array(3).fill('note-in-trash'));
    expect((await change({ trashed: true }, { trashed: true })).result).toMatchObject({ changed: 0, unchanged: 3 });
    const tagged = await change({}, { addTags: ['more'] });
    expect(tagged.result.problems).toMatchObject([{ id: full.id, code: 'validation-failed' }]);

    const restored = await change({ trashed: true }, { trashed: false, addTags: ['back'] });
    expect(restored.result).toMatchObject({ changed: 2, unchanged: 0, refused: 1 });
    expect(restored.result.problems).toMatchObject([{ id: second.id, code: 'duplicate-url' }]);
    expect((await notes.read(first.id)).tags).toEqual(['back']);
    const again = await change({ trashed: true }, { trashed: false });
    expect(again.result).toMatchObject({ changed: 0, refused: 1, problems: [{ code: 'duplicate-url' }] });
  });

  it('may change what it filters by, and takes any number, each note once', async () => {
    const { userId } = notes.user;
    await sql(
      `insert into notes (id, user_id, title, title_key, version, seq, created_at, updated_at, search)
       select gen_random_uuid(), $1, 'n', 'n', 1, 0, now(), now(), '' from generate_series(1, 1001)`,
      [userId],
    );
    const job = await change({ archived: false }, { archived: true });
    expect(job).toMatchObject({ status: 'completed', progress: { done: 1_001, total: 1_001 } });
    expect(job.result.changed).toBe(1_001);
    const rows = await sql(
      `select count(*)::integer as notes, count(distinct seq)::integer as seqs, max(version) as version,
         count(archived_at)::integer as archived from notes where user_id = $1`,
      [userId],
    );
    expect(rows).toEqual([{ notes: 1_001, seqs: 1_001, version: 2, archived: 1_001 }]);
    expect(await sql(`select 1 from note_selections where job_id = $1`, [job.id])).toEqual([]);
    expect((await change({ archived: false }, { archived: true })).result.changed).toBe(0);
  });

  it('goes on where a failed attempt ended, with the notes that it chose at first', async () => {
    const { userId, token } = notes.user;
    await sql(
      `insert into notes (id, user_id, title, title_key, version, seq, created_at, updated_at, search)
       select gen_random_uuid(), $1, 'n' || at, 'n', 1, 0, now(), now() + at * interval '1 s', '' from generate_series(1, 600) at`,
      [userId],
    );
    // Fails once, in the second batch: a sequence is not rolled back.
    await query(app.databaseUrl, `create sequence changes_made`);
    await query(
      app.databaseUrl,
      `create function fail_once() returns trigger language plpgsql as
       $$ begin if nextval('changes_made') = 300 then raise exception 'not now'; end if; return new; end $$`,
    );
    await query(
      app.databaseUrl,
      `create trigger fail_once before update on notes for each row execute function fail_once()`,
    );
    try {
      const { body } = await notes.send<BulkJob>('POST', '/bulk', { filter: {}, change: { addTags: ['t'] } });
      const look = async () =>
        (await app.client.get<BulkJob & { error: unknown }>(`/api/v1/jobs/${body.id}`, { token })).body;
      const failed = await eventually('An attempt has failed', async () => {
        const job = await look();
        return job.error === null ? undefined : job;
      });
      expect(failed.progress).toMatchObject({ done: 250, total: 600 });
      const late = await notes.create({ title: 'made meanwhile' });
      const job = await eventually('The change is done', async () => {
        const now = await look();
        return now.status === 'completed' ? now : undefined;
      });
      expect(job.result).toMatchObject({ changed: 600, unchanged: 0, refused: 0 });
      expect(await notes.read(late.id)).toEqual(late);
      const rows = await sql(
        `select version, count(*)::integer as notes from notes where user_id = $1 group by 1 order by 1`,
        [userId],
      );
      expect(rows).toEqual([
        { version: 1, notes: 1 },
        { version: 2, notes: 600 },
      ]);
    } finally {
      await query(app.databaseUrl, `drop trigger fail_once on notes`);
    }
  });

  it('takes the filters of the list, searches and times too', async () => {
    const { createdAt } = await notes.create({ title: 'first apple' });
    await notes.create({ title: 'second apple', url: 'https://example.org/apple' });
    expect((await change({ q: 'apple -first' }, { addTags: ['a'] })).result.changed).toBe(1);
    expect((await change({ kind: 'note', createdAfter: createdAt }, { addTags: ['b'] })).result.changed).toBe(1);
    expect((await change({ createdBefore: createdAt }, { addTags: ['c'] })).result.changed).toBe(0);
    expect((await change({ q: '"' }, { addTags: ['d'] })).progress).toEqual(expect.objectContaining({ total: 0 }));
    const tags = (await notes.list('sort=createdAt')).data.map((note: Note) => note.tags);
    expect(tags).toEqual([['b'], ['a']]);
  });

  it.each<[string, object, string[]]>([
    ['no filter', { change: { pinned: true } }, ['#/filter']],
    ['no change', { filter: {} }, ['#/change']],
    ['an empty change', { filter: {}, change: {} }, ['#/change']],
    ['empty lists', { filter: {}, change: { addTags: [], pinned: null } }, ['#/change']],
    ['a list', { filter: [], change: { pinned: true } }, ['#/filter']],
    ['a page', { filter: { limit: 1 }, change: { pinned: true } }, ['#/filter/limit']],
    ['an unknown filter', { filter: { colour: 'red' }, change: { pinned: true } }, ['#/filter/colour']],
    ['a wrong filter', { filter: { kind: 'x' }, change: { pinned: true } }, ['#/filter/kind']],
    ['an unknown change', { filter: {}, change: { pinned: true, title: 'x' } }, ['#/change/title']],
    ['a wrong change', { filter: {}, change: { pinned: 'yes' } }, ['#/change/pinned']],
    ['a tag that is none', { filter: {}, change: { addTags: ['a,b'] } }, ['#/change/addTags']],
    ['a tag to add and remove', { filter: {}, change: { addTags: ['A'], removeTags: ['a'] } }, ['#/change']],
  ])('is refused: %s', async (_, body, pointers) => {
    const answer = await notes.send<ProblemBody>('POST', '/bulk', body);
    expect([answer.status, answer.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, pointers]);
  });
});
