import { startTestApp, type TestApp } from './support/app';
import { type Answer, readAll } from './support/client';
import { query } from './support/database';
import { eventually } from './support/eventually';
import { finishedJob } from './support/imports';
import { type Note, Notes, type ProblemBody } from './support/notes';
import { PAGE, PlanReader } from './support/plans';
import { expectProblem } from './support/problems';

const TAGS = '/api/v1/tags';
const NOWHERE = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';

interface Tag {
  id: string;
  name: string;
  count: number;
  version: number;
  createdAt: string;
  updatedAt: string;
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

const sql = <Row extends object>(text: string, values: unknown[] = []) => query<Row>(app.databaseUrl, text, values);
const send = <T = Tag>(method: string, path: string, body?: unknown, ifMatch?: string, of = notes) => {
  const headers = ifMatch === undefined ? undefined : { 'if-match': ifMatch };
  return app.client.request<T>(method, TAGS + path, { token: of.user.token, body, headers });
};
const all = (): Promise<Tag[]> => readAll<Tag>(app.client, `${TAGS}?limit=100`, notes.user.token);
const tagged = async (name: string): Promise<Tag> => {
  const found = (await all()).find((tag) => tag.name === name);
  if (found === undefined) throw new Error(`There is no tag ${name}`);
  return found;
};
const found = async (filter: string): Promise<number> => (await notes.list(`${filter}&limit=100`)).data.length;
const job = async (answer: Answer<object>): Promise<void> => {
  expect(answer).toMatchObject({ status: 202, body: { type: 'change-tag' } });
  const asked = answer as Answer;
  expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${String(asked.body.id)}`);
  expect(await finishedJob(app.client, notes.user.token, asked)).toMatchObject({ status: 'completed', error: null });
};

/** Gives many notes a tag, and words to find them by. */
async function fill(tag: Tag, count: number): Promise<void> {
  await sql(
    `with note as (
       insert into notes (id, user_id, title, title_key, seq, created_at, updated_at, search)
       select gen_random_uuid(), $1, 'n' || at, 'n' || at, 0, now() - at * interval '1 s', now(), note_search_vector('n' || at, $3, null, null)
       from generate_series(1, $4::int) at returning id, created_at
     )
     insert into note_tags (note_id, tag_id, created_at) select id, $2, created_at from note`,
    [notes.user.userId, tag.id, tag.name, count],
  );
}

/** Each number of the sequence is given once, to a note or a tag. */
async function expectDistinct(): Promise<void> {
  const rows = await sql<{ seq: string }>(`select seq from notes where user_id = $1 and seq > 0`, [notes.user.userId]);
  expect(new Set(rows.map(({ seq }) => seq)).size).toBe(rows.length);
}

describe('a tag', () => {
  it('is read by itself, with its version', async () => {
    await notes.create({ title: 'x', tags: ['Ünï 🍝'] });
    await notes.trash((await notes.create({ title: 'y', tags: ['ünï 🍝'] })).id);
    const [tag] = await all();
    const answer = await send('GET', `/${tag?.id}`);
    expect([answer.status, answer.headers.get('etag'), answer.body]).toEqual([200, '"v1"', tag]);
    expect(tag).toMatchObject({ name: 'Ünï 🍝', count: 1, version: 1, updatedAt: tag?.createdAt });
    const seqs = await sql<{ seq: string }>(`select seq from tags where user_id = $1`, [notes.user.userId]);
    expect(seqs).toEqual([{ seq: '1' }]);
  });

  it.each([
    ['GET', '', undefined],
    ['PATCH', '', { name: 'x' }],
    ['POST', '/merge', { into: NOWHERE }],
    ['DELETE', '', undefined],
  ])('is nobody else’s: %s %s', async (method, path, body) => {
    await notes.create({ title: 'x', tags: ['mine'] });
    const { id } = await tagged('mine');
    const stranger = await Notes.signUp(app.client);
    expect((await send(method, `/${id}${path}`, body, undefined, stranger)).status).toBe(404);
    expect((await send(method, `/x${path}`, body)).status).toBe(400);
    expect((await app.client.request(method, `${TAGS}/${id}${path}`, { body })).status).toBe(401);
    expect(await tagged('mine')).toMatchObject({ count: 1, version: 1 });
  });
});

describe('renaming a tag', () => {
  it('changes its notes, in the trash too, without calling them edited, and what searches find', async () => {
    const note = await notes.create({ title: 'x', tags: ['old', 'other'] });
    const trashed = await notes.create({ title: 'y', tags: ['old'] });
    await notes.trash(trashed.id);
    const { id } = await tagged('old');
    const answer = await send('PATCH', `/${id}`, { name: '  Brand  new ' }, '"v1"');
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"v2"']);
    expect(answer.body).toMatchObject({ id, name: 'Brand new', count: 1, version: 2 });
    const changed = { tags: ['Brand new', 'other'], version: 2, updatedAt: note.updatedAt };
    expect(await notes.read(note.id)).toEqual({ ...note, ...changed });
    expect(await notes.read(trashed.id)).toMatchObject({ tags: ['Brand new'], version: 3 });
    expect([await found('q=old'), await found('q=brand'), await found('tag=brand new')]).toEqual([0, 1, 1]);
    await expectDistinct();
    expect((await send('PATCH', `/${id}`, { name: 'Brand new' })).body.version).toBe(2);
    expect((await send('PATCH', `/${id}`, { name: 'BRAND NEW' })).body).toMatchObject({
      name: 'BRAND NEW',
      version: 3,
    });
    expect((await notes.read(note.id)).tags).toEqual(['BRAND NEW', 'other']);
  });

  it('is refused with another version, the name of another tag, and what is no name', async () => {
    await notes.create({ title: 'x', tags: ['a', 'Bé'] });
    const [a, b] = [await tagged('a'), await tagged('Bé')];
    const path = `${TAGS}/${a.id}`;
    expectProblem(await send('PATCH', `/${a.id}`, { name: 'x' }, '"v7"'), 412, 'precondition-failed', path, [
      'currentVersion',
    ]);
    const taken = await send<ProblemBody>('PATCH', `/${a.id}`, { name: 'BÉ' });
    expectProblem(taken, 409, 'tag-exists', path, ['existingId']);
    expect(taken.body.existingId).toBe(b.id);
    for (const name of [undefined, null, '', ' ', 'a,b', 'x'.repeat(101), 7]) {
      const refused = await send<ProblemBody>('PATCH', `/${a.id}`, { name });
      expect(refused.body.errors?.map(({ pointer }) => pointer)).toEqual(['#/name']);
    }
  });

  it('twice at once to one name lets one win', async () => {
    await notes.create({ title: 'x', tags: ['a', 'b'] });
    const ids = [(await tagged('a')).id, (await tagged('b')).id];
    const answers = await Promise.all(ids.map((id) => send('PATCH', `/${id}`, { name: 'c' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  it('that many notes have is a job, while which each note is either before or after it', async () => {
    const own = await notes.create({ title: 'own', tags: ['old'] });
    const tag = await tagged('old');
    await fill(tag, 3_500);
    const answer = await send<object>('PATCH', `/${tag.id}`, { name: 'new' });
    const torn: Note[] = [];
    const isWhole = ({ version, tags }: Note): boolean => tags.join() === (version === 1 ? 'old' : 'new');
    expect((await notes.send('PATCH', `/${own.id}`, { title: 'edited' })).body.tags).toEqual(['new']);
    const busy = await send('PATCH', `/${tag.id}`, { name: 'newer' });
    expect([409, 202]).toContain(busy.status);
    if (busy.status === 409) expectProblem(busy, 409, 'conflict', `${TAGS}/${tag.id}`);
    await eventually('The job ends', async () => {
      const { data } = await notes.list('limit=100&sort=createdAt');
      if (busy.status === 409) torn.push(...data.filter((note) => !isWhole(note)));
      const { body } = await app.client.get(`/api/v1/jobs/${String((answer as Answer).body.id)}`, {
        token: notes.user.token,
      });
      return body.status === 'completed' ? true : undefined;
    });
    await job(answer);
    expect(torn).toEqual([]);
    if (busy.status === 202) await job(busy);
    const name = busy.status === 409 ? 'new' : 'newer';
    expect(await all()).toMatchObject([{ id: tag.id, name, count: 3_501 }]);
    expect([await found('q=old'), await found(`q=${name}`), await found('tag=old')]).toEqual([0, 100, 0]);
    expect(await sql(`select from tags where former_name is not null`)).toEqual([]);
    await expectDistinct();
  });

  it('that has begun shows each note as it was last written, and an edit brings it the new name', async () => {
    const [first, second] = [
      await notes.create({ title: 'first', tags: ['old'] }),
      await notes.create({ title: 'second', tags: ['old'] }),
    ];
    const { id } = await tagged('old');
    // As a worker that died in the middle leaves it.
    await sql(`update users set change_seq = change_seq + 1 where id = $1`, [notes.user.userId]);
    await sql(
      `update tags set name = 'new', name_key = 'new', former_name = 'old', renamed_seq = (select change_seq from users where id = $2) where id = $1`,
      [id, notes.user.userId],
    );
    expect(await notes.read(first.id)).toEqual(first);
    expect((await notes.send('PATCH', `/${first.id}`, { pinned: true })).body).toMatchObject({
      tags: ['new'],
      version: 2,
    });
    expect(await notes.read(first.id)).toMatchObject({ tags: ['new'], version: 2 });
    expect(await notes.read(second.id)).toEqual(second);
    expect((await all()).map(({ name, count }) => [name, count])).toEqual([['new', 2]]);
  });
});

describe('merging tags', () => {
  it('gives notes the one that stays, once', async () => {
    const both = await notes.create({ title: 'both', tags: ['from', 'into'] });
    const one = await notes.create({ title: 'one', tags: ['from', 'x'] });
    const none = await notes.create({ title: 'none', tags: ['into'] });
    const [from, into] = [await tagged('from'), await tagged('into')];
    const answer = await send('POST', `/${from.id}/merge`, { into: into.id.toUpperCase() });
    expect([answer.status, answer.body]).toEqual([200, { ...into, count: 3 }]);
    expect(await notes.read(both.id)).toEqual({ ...both, tags: ['into'], version: 2 });
    expect(await notes.read(one.id)).toEqual({ ...one, tags: ['into', 'x'], version: 2 });
    expect(await notes.read(none.id)).toEqual(none);
    expect([await found('q=from'), await found('q=into'), await found('tag=into')]).toEqual([0, 3, 3]);
    expect((await all()).map(({ name }) => name)).toEqual(['into', 'x']);
    await expectDistinct();
  });

  it('needs another tag of the user', async () => {
    const stranger = await Notes.signUp(app.client);
    await stranger.create({ title: 'x', tags: ['theirs'] });
    const [theirs] = await readAll<Tag>(app.client, TAGS, stranger.user.token);
    await notes.create({ title: 'x', tags: ['a'] });
    const { id } = await tagged('a');
    for (const into of [id, NOWHERE, theirs?.id, 'x', null, undefined]) {
      const refused = await send<ProblemBody>('POST', `/${id}/merge`, { into });
      expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([400, '#/into']);
    }
  });

  it('of which one has many notes is a job', async () => {
    await notes.create({ title: 'x', tags: ['from', 'into'] });
    const [from, into] = [await tagged('from'), await tagged('into')];
    await fill(from, 2_200);
    await job(await send<object>('POST', `/${from.id}/merge`, { into: into.id }));
    expect((await all()).map(({ name, count }) => [name, count])).toEqual([['into', 2_201]]);
    expect([await found('q=from'), await found('q=into')]).toEqual([0, 100]);
    await expectDistinct();
  });
});

describe('deleting a tag', () => {
  it('takes it off all notes', async () => {
    const note = await notes.create({ title: 'x', tags: ['gone', 'kept'] });
    const { id } = await tagged('gone');
    expect((await send('DELETE', `/${id}`, undefined, '"v2"')).status).toBe(412);
    expect((await send('DELETE', `/${id}`, undefined, '"v1"')).status).toBe(204);
    expect((await send('DELETE', `/${id}`)).status).toBe(404);
    expect(await notes.read(note.id)).toEqual({ ...note, tags: ['kept'], version: 2 });
    expect([await found('q=gone'), await found('q=kept'), (await all()).length]).toEqual([0, 1, 1]);
  });

  it('that many notes have is a job; long notes count as many', async () => {
    const body = 'long '.repeat(200_000);
    for (let at = 0; at < 9; at += 1) await notes.create({ title: `${at}`, body, tags: ['long'] });
    await job(await send<object>('DELETE', `/${(await tagged('long')).id}`));
    await notes.create({ title: 'x', tags: ['many'] });
    const tag = await tagged('many');
    await fill(tag, 1_000);
    await job(await send<object>('DELETE', `/${tag.id}`));
    expect([await all(), await found('q=many')]).toEqual([[], 0]);
    await expectDistinct();
  });
});

describe('a hundred thousand tags', () => {
  it('are listed page by page, each of which costs a page', async () => {
    await sql(
      `insert into tags (id, user_id, name, name_key) select gen_random_uuid(), $1, 't' || at, 't' || at from generate_series(1, 100000) at`,
      [notes.user.userId],
    );
    await sql('vacuum (analyze) tags');
    const plans = await PlanReader.open(app);
    const page = await send<{ page: { nextCursor: string } }>('GET', '?limit=100');
    expect(await plans.costOfSent()).toBeLessThan(PAGE);
    await send('GET', `?limit=100&cursor=${page.body.page.nextCursor}`);
    expect(await plans.costOfSent()).toBeLessThan(PAGE);
    await plans.close();
  });
});
