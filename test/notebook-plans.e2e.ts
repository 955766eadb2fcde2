import { CHANGE_TYPES } from '../src/notes/changes/change-types';
import { ChangesService } from '../src/notes/changes/changes.service';
import type { TestApp } from './support/app';
import { OWN, startWithLargeLibrary } from './support/large-library';
import { type ListPage, Notes } from './support/notes';
import { PAGE, PlanReader, ranked, walked, WINDOW } from './support/plans';

/* What lists by notebook, the list of notebooks, links, related notes and the feed of changes cost a user with 200,000 notes, in buffers: see `notes-plans.e2e.ts`. */

/**
 * 200 notes each of a hundred tags, which may be the same ones, of the site, and of links either way, with a look at the rows of those that come of it; of each of 24 words 200 notes, and
 * what tells in the index that a word is common, up to 100 buffers.
 */
const RELATED = 10_000;
const BY_OTHER = ['updatedAt', '-updatedAt', 'title', '-title'];

let app: TestApp;
let notes: Notes;
let plans: PlanReader;

beforeAll(async () => {
  const library = await startWithLargeLibrary();
  app = library.app;
  notes = new Notes(app.client, library.first);
  plans = await PlanReader.open(app);
}, 120_000);

afterAll(async () => {
  await plans.close();
  await app.close();
});

const expectCost = (query: string, bound: number, of = notes): Promise<ListPage> => plans.expectCost(query, bound, of);
const deepCursor = (sort: string, cursor: string): Promise<string> => plans.deepCursor(notes, sort, cursor);

describe('a list of a notebook', () => {
  let ids: Map<string, string>;

  beforeAll(async () => {
    const { rows } = await plans.database.query<{ name: string; id: string }>(
      `select name, id from notebooks where user_id = $1`,
      [notes.user.userId],
    );
    ids = new Map(rows.map(({ name, id }) => [name, id]));
  });

  it.each(['createdAt', '-createdAt'])('costs a page by %s, however many notes are in it', async (sort) => {
    for (const name of ['large', 'small', 'box']) {
      const filter = `notebook=${ids.get(name)}&sort=${sort}`;
      const { data, page } = await expectCost(filter, PAGE);
      expect(data.length).toBe(name === 'large' ? 20 : 18);
      if (page.nextCursor === null) continue;
      await expectCost(`${filter}&cursor=${await deepCursor(sort, page.nextCursor)}`, PAGE);
    }
    const { page } = await expectCost(`notebook=none&sort=${sort}`, PAGE);
    await expectCost(`notebook=none&sort=${sort}&cursor=${await deepCursor(sort, page.nextCursor ?? '')}`, PAGE);
    expect((await expectCost(`notebook=${ids.get('all')}&sort=${sort}`, PAGE)).data).toHaveLength(20);
  });

  it.each(BY_OTHER)('gathers its notes by %s, or walks them', async (sort) => {
    await expectCost(`notebook=${ids.get('small')}&sort=${sort}`, PAGE);
    await expectCost(`notebook=${ids.get('box')}&sort=${sort}`, PAGE);
    for (const name of ['large', 'all']) await expectCost(`notebook=${ids.get(name)}&sort=${sort}`, PAGE);
    await expectCost(`notebook=none&sort=${sort}`, PAGE);
  });

  it('costs a search no more than its matches, or a window of them', async () => {
    await expectCost('q=common in:large', WINDOW);
    await expectCost('q=rare in:box', ranked(20));
    await expectCost('q=in:small', ranked(20));
    await expectCost('q=common -in:large', walked(OWN));
  });
});

describe('the list of notebooks', () => {
  it('counts in an index', async () => {
    const answer = await app.client.get<{ data: { name: string; noteCount: number }[] }>('/api/v1/notebooks', {
      token: notes.user.token,
    });
    expect(answer.body.data.map(({ name, noteCount }) => [name, noteCount])).toEqual([
      ['all', 0],
      ['box', 0],
      ['large', OWN / 2 - 9],
      ['small', 18],
    ]);
    expect(await plans.costOfSent()).toBeLessThan(100 + OWN / 80);
  });

  it('costs a page of 10,000, and so does the list of the notes below all of them', async () => {
    const third = await Notes.signUp(app.client);
    await plans.database.query(
      `with node as materialized (select at, gen_random_uuid() as id from generate_series(1, 10000) at)
       insert into notebooks (id, user_id, parent_id, name, name_key, seq)
       select n.id, $1, p.id, 'n' || n.at, 'n' || n.at, 0 from node n left join node p on p.at = n.at / 10`,
      [third.user.userId],
    );
    await plans.database.query('analyze notebooks');
    const token = third.user.token;
    const { body } = await app.client.get<ListPage>('/api/v1/notebooks?limit=100', { token });
    expect(await plans.costOfSent()).toBeLessThan(PAGE);
    await app.client.get(`/api/v1/notebooks?limit=100&cursor=${body.page.nextCursor}`, { token });
    expect(await plans.costOfSent()).toBeLessThan(PAGE);
    const [top] = (
      await plans.database.query<{ id: string }>(`select id from notebooks where user_id = $1 and name = 'n1'`, [
        third.user.userId,
      ])
    ).rows;
    await expectCost(`notebook=${top?.id}`, PAGE, third);
    await expectCost(`q=in:n1`, PAGE, third);
  });
});

describe('the feed of changes', () => {
  it('costs what a page shows, at its beginning, in its depth, and of a rare type', async () => {
    // The library is filled without triggers.
    await plans.database.query(
      `insert into changes (user_id, type, entity_id, seq)
       select user_id, case when seq % 1000 = 0 then 'notebook' when seq % 100 = 0 then 'tag' else 'note' end, id, seq from notes`,
    );
    await plans.database.query(`update users set feed_seq = $1`, [OWN]);
    await plans.database.query('vacuum (analyze) changes');
    const feed = app.app.get(ChangesService);
    const bound = PAGE / 3;
    for (const seq of [0, OWN / 2, OWN - 30]) {
      const { changes } = await feed.read(notes.user.userId, { seq, began: OWN }, 20);
      expect(changes).toHaveLength(20);
      expect(await plans.costOfSent()).toBeLessThan(bound);
    }
    for (const type of CHANGE_TYPES) {
      await feed.read(notes.user.userId, { seq: OWN / 2, began: OWN }, 20, [type]);
      expect(await plans.costOfSent()).toBeLessThan(bound);
    }
  });
});

describe('links', () => {
  let hub: string;

  /** Buffers that the last statement of a GET touches, which must find something. */
  async function cost(path: string): Promise<[number, number]> {
    const { status, body } = await notes.send<{ data: object[] }>('GET', path);
    expect(status).toBe(200);
    return [body.data.length, await plans.costOfSent()];
  }

  beforeAll(async () => {
    hub = (
      await notes.create({
        title: 'hub',
        body: Array.from({ length: 1_000 }, (_, at) => `[[t${at} title ${at}]]`).join(),
      })
    ).id;
    // Half of all notes link to the hub by its id, a tenth by its title, some by both; and a third to titles that nothing else links to, so that the hub is not what the planner expects.
    await plans.database.query('set session_replication_role = replica');
    await plans.database.query(
      `insert into note_links (note_id, target_key, user_id, target, target_id, position, created_at)
       select n.id, link_key(target), n.user_id, target, target_id, 1, n.created_at
       from notes n
       cross join lateral (values ('hub', null::uuid, 10), ($2::text, $2::text::uuid, 2), ('link ' || n.seq, null, 3)) as l(target, target_id, nth)
       where n.user_id = $1 and n.seq % nth = 0`,
      [notes.user.userId, hub],
    );
    await plans.database.query('vacuum (analyze) note_links');
  });

  it('of a note cost a look-up each, its backlinks a page, however many there are', async () => {
    const [count, buffers] = await cost(`/${hub}/links`);
    expect(count).toBe(1_000);
    expect(buffers).toBeLessThan(PAGE + 16 * 1_000);
    const { body } = await notes.send<ListPage>('GET', `/${hub}/backlinks`);
    expect(body.data).toHaveLength(20);
    expect(await plans.costOfSent()).toBeLessThan(PAGE);
    const [kind] = JSON.parse(Buffer.from(body.page.nextCursor ?? '', 'base64url').toString()) as [string];
    const middle = [kind, '2022-01-01T00:00:00.000Z', hub];
    const cursor = Buffer.from(JSON.stringify(middle)).toString('base64url');
    expect(await cost(`/${hub}/backlinks?cursor=${cursor}`)).toEqual([20, expect.any(Number)]);
    expect(await plans.costOfSent()).toBeLessThan(PAGE);
  });

  it('and all else in common lead to related notes at a bounded cost, however common it is', async () => {
    const tags = ['everyday', 'often', 'old', ...Array.from({ length: 97 }, (_, at) => `tag ${at}`)];
    const common = { title: 'title filler common words two', body: 'y5 [[hub]]', url: 'https://example.org/x', tags };
    const all = await notes.create(common);
    await plans.database.query(
      `insert into note_tags (note_id, tag_id, created_at)
       select n.id, t.id, n.created_at from notes n join tags t using (user_id) where n.user_id = $1 and n.seq <= 500 and t.name like 'tag %'
       on conflict do nothing`,
      [notes.user.userId],
    );
    const [everyday, seldom] = [await notes.list('tag=everyday&limit=1'), await notes.list('tag=seldom&limit=1')];
    for (const id of [hub, all.id, everyday.data[0]?.id, seldom.data[0]?.id]) {
      const [count, buffers] = await cost(`/${id}/related?limit=50`);
      expect(count).toBe(50);
      expect(buffers).toBeLessThan(RELATED);
    }
  });
});
