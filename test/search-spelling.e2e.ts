import { Statements } from '../src/database/statements';
import { SearchWords } from '../src/notes/search-words';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { type Hit, type ListPage, Notes } from './support/notes';

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  const stranger = await Notes.signUp(app.client);
  await notes.create({ title: 'Database indexes', body: 'how to receive fewer rows', tags: ['Crème'] });
  await notes.create({ title: 'Databases', body: 'tea and coffee' });
  await notes.create({ title: 'улица', body: 'database' });
  await stranger.create({ title: 'Kangaroo' });
  await collect();
});

afterAll(() => app.close());

const collect = (): Promise<void> => app.app.get(SearchWords).run(new AbortController().signal);
const search = (q: string, more: Record<string, string> = {}): Promise<ListPage<Hit>> =>
  notes.list<Hit>(new URLSearchParams({ q, ...more }).toString());

describe('a search with a misspelt word', () => {
  it.each([
    ['databse', 'database', 2],
    ['Databaes indxes', 'database indexes', 1],
    ['recieve', 'receive', 1],
    ['cremme', 'creme', 1],
    ['tae', 'tea', 1],
    ['улцца', 'улица', 1],
    ['databse -coffee tag:crème', 'database -coffee tag:crème', 1],
    ['(databse, OR kangaro) is:note', '(database, OR kangaro) is:note', 2],
    ['reci* databse', null, 0],
    ['"databse"', null, 0],
    ['databse -databas', 'database -databas', 2],
    ['databse tag:nothing', null, 0],
    ['kangaro', null, 0],
    ['xyzzyx', null, 0],
    ['12345 tag:databse', null, 0],
  ])('%j finds what %j does', async (q, didYouMean, count) => {
    for (const more of [undefined, { sort: 'title' }]) {
      const page = await search(q, more);
      expect([page.search, page.data.length]).toEqual([
        { warnings: [], didYouMean, corrected: didYouMean !== null },
        count,
      ]);
      if (didYouMean === null) continue;
      expect(page.data).toEqual((await search(didYouMean, more)).data);
    }
  });

  it('is paged like any other, by the search as it was typed', async () => {
    const first = await search('databse', { limit: '1' });
    expect(first).toMatchObject({ data: [{ title: 'Database indexes' }], search: { corrected: true } });
    const cursor = first.page.nextCursor ?? '';
    const second = await search('databse', { limit: '1', cursor });
    expect(second).toMatchObject({
      data: [{ title: 'улица' }],
      page: { nextCursor: null, hasMore: false },
      search: { didYouMean: 'database', corrected: true },
    });
    for (const q of ['recieve', 'database', 'xyzzyx']) {
      await notes.refusal(400, 'GET', `?${new URLSearchParams({ q, cursor }).toString()}`);
    }
    await notes.refusal(400, 'GET', `?q=databse&cursor=~x`);
  });

  it('that finds something is left alone', async () => {
    expect((await search('databse OR tea')).search).toMatchObject({ didYouMean: null, corrected: false });
  });

  it('asks for the words of notes when it found nothing only', async () => {
    const run = jest.spyOn(app.app.get<Statements>(Statements), 'run');
    const looked = (): boolean => run.mock.calls.some(([{ name }]) => name === 'find-like-words');
    await search('tea');
    await search('"nowhere"');
    expect(looked()).toBe(false);
    await search('nowhere');
    expect(looked()).toBe(true);
    run.mockRestore();
  });
});

describe('the words of notes', () => {
  const wordsOf = async ({ user }: Notes): Promise<string[]> => {
    const rows = await query<{ word: string }>(
      app.databaseUrl,
      `select word from search_words where user_id = $1 order by word`,
      [user.userId],
    );
    return rows.map(({ word }) => word);
  };

  it('are collected behind the writing, of what has changed since, by several processes at once', async () => {
    const writer = await Notes.signUp(app.client);
    await collect();
    const { id } = await writer.create({
      title: 'One Écrit a1 of 12345',
      body: 'x'.repeat(41),
      url: 'https://example.org',
    });
    await Promise.all([collect(), collect(), collect()]);
    expect(await wordsOf(writer)).toEqual(['ecrit', 'example', 'one', 'org']);
    await writer.send('PATCH', `/${id}`, { tags: ['two'] });
    await collect();
    expect(await wordsOf(writer)).toEqual(['ecrit', 'example', 'one', 'org', 'two']);
  });

  it('are collected of every note, however many', async () => {
    const writer = await Notes.signUp(app.client);
    await query(
      app.databaseUrl,
      `insert into notes (id, user_id, title, title_key, seq, created_at, updated_at, search)
       select gen_random_uuid(), $1, 'x', 'x', at, now(), now(), note_search_vector('word' || translate(at::text, '0123456789', 'abcdefghij'), null, null, null)
       from generate_series(1, 1200) at`,
      [writer.user.userId],
    );
    await query(app.databaseUrl, `update users set change_seq = 1200 where id = $1`, [writer.user.userId]);
    await collect();
    expect(await wordsOf(writer)).toHaveLength(1_200);
  });
});
