import type { TestApp } from './support/app';
import { OWN, SECOND, startWithLargeLibrary } from './support/large-library';
import { type ListPage, Notes } from './support/notes';
import { gathered, PAGE, PlanReader, ranked, walked, WINDOW } from './support/plans';

/*
 * What every list and search costs a user with 200,000 notes, in buffers (pages of 8 KiB) that its statement touches: unlike times, they are the same on
 * every machine. Bounds are about twice what is needed, and say in what they grow.
 */

const TRASH = OWN / 200;
/** 10,000 notes: an index entry, a row, and the way down to its tags, which may be dropped ones first. */
const FACETS = 10 * 10_000;
const SORTS = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'title', '-title'];
const BY_OTHER = SORTS.filter((sort) => !sort.includes('createdAt'));

let app: TestApp;
let notes: Notes;
let second: Notes;
let plans: PlanReader;

beforeAll(async () => {
  const library = await startWithLargeLibrary();
  app = library.app;
  [notes, second] = [new Notes(app.client, library.first), new Notes(app.client, library.second)];
  plans = await PlanReader.open(app);
}, 120_000);

afterAll(async () => {
  await plans.close();
  await app.close();
});

const expectCost = (query: string, bound: number, of = notes): Promise<ListPage> => plans.expectCost(query, bound, of);
const deepCursor = (sort: string, cursor: string): Promise<string> => plans.deepCursor(notes, sort, cursor);

describe.each(SORTS)('a list by %s', (sort) => {
  it('costs a page, at its beginning and in its depth', async () => {
    const first = await expectCost(`sort=${sort}`, PAGE);
    const deep = await expectCost(`sort=${sort}&cursor=${await deepCursor(sort, first.page.nextCursor ?? '')}`, PAGE);
    expect([first.data.length, deep.data.length]).toEqual([20, 20]);
    await expectCost(`sort=${sort}&limit=100`, 5 * PAGE);
  });

  it.each([
    ['pinned=true', PAGE],
    ['pinned=false', PAGE],
    ['archived=true', PAGE],
    ['archived=false', PAGE],
    ['trashed=true', sort.includes('createdAt') ? PAGE : gathered(TRASH)],
    ['trashed=false', PAGE],
    ['kind=bookmark', PAGE],
    ['tag=seldom', PAGE],
    ['tag=nothing', 50],
    ['tag=everyday&tag=seldom', PAGE],
    ['createdAfter=2021-01-01&createdBefore=2021-01-02', PAGE],
    ['updatedAfter=2021-01-01&updatedBefore=2021-01-02', PAGE],
  ])('and %s costs little more', async (filter, bound) => {
    expect((await expectCost(`${filter}&sort=${sort}`, bound)).data.length).toBe(
      filter === 'tag=nothing' ? 0 : filter.includes('everyday') ? 9 : filter.includes('seldom') ? 18 : 20,
    );
  });
});

describe('a list of a kind that few notes have', () => {
  it('costs a page in the order of creation', async () => {
    for (const sort of ['createdAt', '-createdAt']) {
      expect((await expectCost(`kind=note&sort=${sort}`, PAGE)).data).toHaveLength(20);
      expect((await expectCost(`kind=bookmark&sort=${sort}`, PAGE, second)).data).toHaveLength(4);
      expect((await expectCost(`kind=note&sort=${sort}`, PAGE, second)).data).toHaveLength(20);
    }
  });

  it.each(BY_OTHER)('looks at each note once at most by %s', async (sort) => {
    await expectCost(`kind=note&sort=${sort}`, walked(OWN));
    await expectCost(`kind=bookmark&sort=${sort}`, walked(SECOND), second);
    await expectCost(`kind=note&sort=${sort}`, PAGE, second);
  });
});

describe('a list of a tag that many notes have', () => {
  it.each(['createdAt', '-createdAt'])('costs a page by %s, wherever they are', async (sort) => {
    for (const filter of [
      'tag=everyday',
      'tag=often',
      'tag=old',
      'tag=old&createdAfter=2020-01-05',
      'tag=everyday&pinned=true',
    ]) {
      await expectCost(`${filter}&sort=${sort}`, PAGE);
    }
    // Of several tags, the indexes are read side by side until a page is found, some 100 entries a buffer.
    const merged = PAGE + (OWN / 2 + OWN / 50) / 40;
    expect((await expectCost(`tag=old&tag=everyday&sort=${sort}`, merged)).data).toHaveLength(20);
    expect((await expectCost(`tag=everyday&tag=often&sort=${sort}`, merged)).data).toEqual([]);
  });

  it.each(BY_OTHER)('gathers them by %s', async (sort) => {
    await expectCost(`tag=often&sort=${sort}`, gathered(OWN / 50));
    await expectCost(`tag=old&sort=${sort}`, gathered(2_000));
    await expectCost(`tag=everyday&sort=${sort}`, gathered(OWN / 2));
  });
});

describe('a list by one time, filtered by another', () => {
  it.each([
    'updatedAfter=2023-09-01&sort=createdAt',
    'updatedBefore=2020-01-10&sort=-createdAt',
    'createdAfter=2023-01-01&sort=updatedAt',
    'updatedBefore=2020-01-10&sort=title',
  ])('looks at each note once at most: %s', async (query) => {
    expect((await expectCost(query, walked(OWN))).data).toHaveLength(20);
  });
});

describe('a search', () => {
  it.each([
    ['rare', ranked(20)],
    ['nothing', 50],
    ['rare common', ranked(20)],
    ['rare OR y5', ranked(230)],
    ['y5 -common', ranked(230)],
    ['"rare common"', ranked(20)],
    ['t12', ranked(60)],
    ['t12*', gathered(4_500) + ranked(1_000)],
    ['common', WINDOW],
    ['common words', WINDOW],
    ['"two words"', WINDOW],
    ['-common', WINDOW],
    ['filler', WINDOW],
    ['filler tag:everyday', WINDOW],
    ['common tag:often', WINDOW],
    ['common tag:seldom', ranked(20)],
    ['tag:old', WINDOW],
    ['filler tag:old', WINDOW],
    ['common is:pinned', PAGE],
    ['is:pinned', PAGE],
    ['is:note', ranked(50)],
    ['site:rare.example', ranked(40)],
    ['site:example.org common', WINDOW],
    ['common created:2020-01-10', ranked(80)],
    ['common created:<2020-01-10', ranked(700)],
    ['filler is:trashed', gathered(TRASH) + ranked(1_000)],
  ])('for %s costs no more than its matches, or a window of them', async (q, bound) => {
    await expectCost(`q=${encodeURIComponent(q)}`, bound);
    await expectCost(`q=${encodeURIComponent(q)}&limit=100`, bound + 5 * PAGE);
  });

  it('costs the same on its last page of a window, and in the next window', async () => {
    let { page } = await expectCost('q=common&limit=100', WINDOW + 5 * PAGE);
    for (let pages = 0; pages < 11; pages += 1)
      ({ page } = await expectCost(`q=common&limit=100&cursor=${page.nextCursor}`, WINDOW + 5 * PAGE));
    expect(page.hasMore).toBe(true);
  });

  it.each(['-createdAt', 'title', 'updatedAt'])(
    'by %s costs a page for a common word, and all matches of a rare one',
    async (sort) => {
      for (const q of ['common', 'filler', '"two words"', '-common'])
        await expectCost(`q=${encodeURIComponent(q)}&sort=${sort}`, PAGE);
      for (const q of ['rare', 'rare common', 'is:pinned common', 'site:rare.example', 'common tag:seldom'])
        await expectCost(`q=${encodeURIComponent(q)}&sort=${sort}`, PAGE);
    },
  );

  it('that mixes text and filters with OR looks at each note once at most', async () => {
    expect((await expectCost('q=rare OR tag:seldom&sort=title', walked(OWN))).data).toHaveLength(20);
  });
});

describe('the list of tags', () => {
  it('counts in indexes, and looks only at the notes in the trash', async () => {
    const answer = await app.client.get<{ data: { name: string; count: number }[] }>('/api/v1/tags', {
      token: notes.user.token,
    });
    expect(answer.body.data.map(({ name, count }) => [name, count])).toEqual([
      ['everyday', OWN / 2 - TRASH],
      ['often', OWN / 50],
      ['old', 1_990],
      ['seldom', 18],
    ]);
    expect(await plans.costOfSent()).toBeLessThan(gathered(TRASH) + OWN / 40);
  });
});

describe('facets', () => {
  it.each([
    ['', FACETS],
    ['tag=everyday', FACETS],
    ['q=common', FACETS],
    ['q=rare', gathered(20)],
    ['pinned=true', gathered(OWN / 6151)],
  ])('of %s cost a look at each of the newest 10,000 and at its tags', async (filter, bound) => {
    expect((await notes.send('GET', `/facets?${filter}`)).status).toBe(200);
    expect(await plans.costOfSent()).toBeLessThan(bound);
  });
});
