import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { Notebooks } from './support/notebooks';
import { type Note, Notes } from './support/notes';

interface Facets {
  total: { count: number; isExact: boolean };
  tags: { id: string; name: string; count: number }[];
  notebooks: { id: string; name: string; count: number }[];
  kinds: { note: number; bookmark: number };
  years: { year: number; count: number }[];
}

const YEAR = new Date().getUTCFullYear();

let app: TestApp;
let notes: Notes;
let notebookId: string;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  notebookId = (await new Notebooks(app.client, notes.user).create('Kitchen')).id;
  await notes.create({ title: 'Green tea', tags: ['drinks', 'Leaves'], notebookId });
  await notes.create({ title: 'Tea shop', url: 'https://example.org', tags: ['Drinks'] });
  const { id } = await notes.create({ title: 'Old tea', tags: ['drinks'], notebookId });
  await query(app.databaseUrl, `update notes set created_at = '2019-12-31T23:30:00Z' where id = $1`, [id]);
  await query(app.databaseUrl, `update note_tags set created_at = '2019-12-31T23:30:00Z' where note_id = $1`, [id]);
  await notes.create({ title: 'Coffee' });
  await notes.trash((await notes.create({ title: 'Tea bag', tags: ['drinks'] })).id);
  await (await Notes.signUp(app.client)).create({ title: 'tea', tags: ['drinks'] });
});

afterAll(() => app.close());

const facets = async (filter: string, of = notes): Promise<Facets> => {
  const answer = await of.send<Facets>('GET', `/facets?${filter}`);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.body;
};
const named = (list: { name: string; count: number }[]): object =>
  Object.fromEntries(list.map(({ name, count }) => [name, count]));

describe('facets', () => {
  it('count all notes but the trash, by tag, notebook, kind and year', async () => {
    const all = await facets('');
    expect(all).toEqual({
      total: { count: 4, isExact: true },
      tags: [
        { id: expect.any(String), name: 'drinks', count: 3 },
        { id: expect.any(String), name: 'Leaves', count: 1 },
      ],
      notebooks: [{ id: notebookId, name: 'Kitchen', count: 2 }],
      kinds: { note: 3, bookmark: 1 },
      years: [
        { year: YEAR, count: 3 },
        { year: 2019, count: 1 },
      ],
    });
    const tag = await app.client.get(`/api/v1/tags/${all.tags[0]?.id ?? ''}`, { token: notes.user.token });
    expect(tag.body).toMatchObject({ name: 'drinks', count: 3 });
  });

  it.each([
    ['q=tea', 3, { drinks: 3, Leaves: 1 }],
    ['q=tea%20-shop', 2, { drinks: 2, Leaves: 1 }],
    ['q=tag:leaves', 1, { drinks: 1, Leaves: 1 }],
    ['tag=drinks&tag=leaves', 1, { drinks: 1, Leaves: 1 }],
    ['kind=bookmark', 1, { drinks: 1 }],
    ['notebook=none', 2, { drinks: 1 }],
    ['trashed=true', 1, { drinks: 1 }],
    ['createdBefore=2020-01-01', 1, { drinks: 1 }],
    ['q=in:kitchen', 2, { drinks: 2, Leaves: 1 }],
    ['q=nothing', 0, {}],
    ['q=', 0, {}],
    ['q=%22%22', 0, {}],
    ['tag=nothing', 0, {}],
  ])('of %s are of the notes that the list has', async (filter, count, tags) => {
    const found = await facets(filter);
    expect([found.total, named(found.tags)]).toEqual([{ count, isExact: true }, tags]);
    expect(found.kinds.note + found.kinds.bookmark).toBe(count);
    expect((await notes.list<Note>(filter)).data).toHaveLength(count);
  });

  it.each(['limit=1', 'cursor=x', 'sort=title', 'kind=other'])('refuse %s', async (filter) => {
    await notes.refusal(400, 'GET', `/facets?${filter}`);
  });

  it('are of the 10,000 newest, and of the 20 tags that most have', async () => {
    const writer = await Notes.signUp(app.client);
    await query(
      app.databaseUrl,
      `insert into notes (id, user_id, title, title_key, seq, created_at, updated_at, search)
       select gen_random_uuid(), $1, 'x', 'x', at, timestamptz '2020-01-01' + at * interval '1 hour', now(), 'x:1A' from generate_series(1, 10001) at`,
      [writer.user.userId],
    );
    await query(
      app.databaseUrl,
      `with tag as (
         insert into tags (id, user_id, name, name_key) select gen_random_uuid(), $1, 't' || at, 't' || at from generate_series(1, 25) at
         returning id, substr(name, 2)::integer as at
       )
       insert into note_tags (note_id, tag_id, created_at)
       select n.id, tag.id, n.created_at from notes n join tag on n.seq <= tag.at + 1 where n.user_id = $1`,
      [writer.user.userId],
    );
    const { total, tags, years } = await facets('', writer);
    expect(total).toEqual({ count: 10_000, isExact: false });
    // The oldest note, which has all tags, is not counted.
    expect(tags.map(({ name, count }) => [name, count])).toEqual(
      Array.from({ length: 20 }, (_, at) => [`t${25 - at}`, 25 - at]),
    );
    expect(years).toEqual([
      { year: 2021, count: 1_218 },
      { year: 2020, count: 8_782 },
    ]);
  }, 60_000);
});
