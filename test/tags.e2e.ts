import { startTestApp, type TestApp } from './support/app';
import { readAll } from './support/client';
import { Notes } from './support/notes';

interface Tag {
  id: string;
  name: string;
  count: number;
  createdAt: string;
}

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.close());

const tagsOf = (notes: Notes, limit = 100): Promise<Tag[]> =>
  readAll<Tag>(app.client, `/api/v1/tags?limit=${limit}`, notes.user.token);
const counts = (tags: Tag[]): [string, number][] => tags.map(({ name, count }) => [name, count]);

describe('the tags of a user', () => {
  it('are listed by name without regard to case, with the notes that have them outside the trash', async () => {
    const [notes, stranger] = [await Notes.signUp(app.client), await Notes.signUp(app.client)];
    await stranger.create({ title: 'x', tags: ['b', 'theirs'] });
    const [first] = [
      await notes.create({ title: '1', tags: ['b', 'Über', 'A'] }),
      await notes.create({ title: '2', tags: ['B', 'c'] }),
    ];
    expect(counts(await tagsOf(notes))).toEqual([
      ['A', 1],
      ['b', 2],
      ['c', 1],
      ['Über', 1],
    ]);
    await notes.trash(first.id);
    expect(counts(await tagsOf(notes))).toEqual([
      ['A', 0],
      ['b', 1],
      ['c', 1],
      ['Über', 0],
    ]);
    await notes.send('POST', `/${first.id}/restore`);
    await notes.send('PATCH', `/${first.id}`, { tags: ['a'] });
    const tags = await tagsOf(notes);
    expect(counts(tags)).toEqual([
      ['A', 1],
      ['b', 1],
      ['c', 1],
      ['Über', 0],
    ]);
    expect(tags[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'A',
      count: 1,
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      updatedAt: tags[0]?.createdAt,
    });
  });

  it('come in pages that join up while tags are made', async () => {
    const notes = await Notes.signUp(app.client);
    const names = Array.from({ length: 60 }, (_, at) => `tag ${at + 100}`);
    await notes.create({ title: 'x', tags: names });
    for (const limit of [1, 7, 60, 100]) expect((await tagsOf(notes, limit)).map((tag) => tag.name)).toEqual(names);
    const first = await app.client.get<{ data: Tag[]; page: { nextCursor: string } }>('/api/v1/tags?limit=30', {
      token: notes.user.token,
    });
    await notes.create({ title: 'y', tags: ['tag 000', 'tag 120', 'tag 1290', 'tag 999'] });
    const second = await app.client.get<{ data: Tag[] }>(
      `/api/v1/tags?limit=100&cursor=${first.body.page.nextCursor}`,
      { token: notes.user.token },
    );
    expect([...first.body.data, ...second.body.data].map((tag) => tag.name)).toEqual([
      ...names.slice(0, 30),
      'tag 1290',
      ...names.slice(30),
      'tag 999',
    ]);
    expect(first.headers.get('link')).toBe(`</api/v1/tags?limit=30&cursor=${first.body.page.nextCursor}>; rel="next"`);
  });

  it('made by many requests at once are one each', async () => {
    const notes = await Notes.signUp(app.client);
    const spellings = ['Same', 'same', 'SAME', 'ｓａｍｅ'];
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        notes.create({ title: `${at}`, tags: [spellings[at % 4] ?? '', `t${at % 3}`] }),
      ),
    );
    expect(counts(await tagsOf(notes)).map(([name, count]) => [name.normalize('NFKC').toLowerCase(), count])).toEqual([
      ['same', 12],
      ['t0', 4],
      ['t1', 4],
      ['t2', 4],
    ]);
  });

  it('are refused with what is not a parameter, and without a token', async () => {
    const notes = await Notes.signUp(app.client);
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'sort=name', 'cursor=x']) {
      expect((await app.client.get(`/api/v1/tags?${query}`, { token: notes.user.token })).status).toBe(400);
    }
    expect((await app.client.get('/api/v1/tags')).status).toBe(401);
  });
});
