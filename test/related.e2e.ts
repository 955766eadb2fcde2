import { startTestApp, type TestApp } from './support/app';
import { Notes } from './support/notes';

interface Related {
  id: string;
  title: string | null;
  kind: 'note' | 'bookmark';
  score: number;
  reasons: string[];
}

/** A small library as somebody may keep one: three or four notes on each of some subjects, with words that all of them share. */
const LIBRARY = [
  {
    title: 'Sourdough starter',
    body: 'Feed the starter with equal parts of rye flour and water every morning. The wild yeast needs about a week before the starter doubles within hours. Keep it in a jar with a loose lid; the smell should be of yoghurt, not of vinegar.',
    tags: ['baking'],
  },
  {
    title: 'Rye bread, second attempt',
    body: 'Half rye flour, half wheat. The crumb was dense since the dough had not fermented for long enough in the cold kitchen. Next time: a warmer place, more active starter, and bake with steam for the first minutes.',
    tags: ['baking', 'to try'],
  },
  {
    title: 'Pizza on Fridays',
    body: 'A dough of high hydration that rests in the fridge for three days. Flour of type 00, little yeast. Bake as hot as the oven goes, on a steel.',
    tags: ['baking'],
  },
  {
    title: 'Indexes in PostgreSQL',
    body: 'A B-tree index serves equality and ranges, GIN serves full text search and arrays. The planner takes an index only if it expects few rows. Partial indexes leave out what no query asks for.',
    tags: ['databases'],
  },
  {
    title: 'Why is my query slow?',
    body: 'Read the plan with explain analyze before anything else. Often the planner expects few rows and gets many, since its statistics are old: run analyze. See [[Indexes in PostgreSQL]].',
    tags: ['databases', 'to try'],
  },
  {
    title: 'PostgreSQL: documentation of GIN',
    url: 'https://www.postgresql.org/docs/current/gin.html',
    body: 'How a GIN index stores posting lists, and why the pending list makes writes fast and searches slow.',
    tags: [],
  },
  {
    title: 'PostgreSQL: release notes',
    url: 'https://www.postgresql.org/docs/release/',
    body: 'What is new, by version.',
    tags: [],
  },
  {
    title: 'Vacuum',
    body: 'Dead rows stay in the table until vacuum removes them. Long transactions hold it up, and so the table grows. Autovacuum is tuned by table.',
    tags: ['databases'],
  },
  {
    title: 'Tomatoes on the balcony',
    body: 'Sow the seeds indoors in March, and plant them out after the last frost. Water the soil, never the leaves, or blight comes. Pinch out the side shoots every week.',
    tags: ['garden'],
  },
  {
    title: 'Potato blight',
    body: 'Brown spots on the leaves after warm and wet days: remove what is affected at once. Tomatoes catch blight from potatoes nearby, so keep the beds apart.',
    tags: ['garden'],
  },
  {
    title: 'Compost',
    body: 'Layers of green and brown: kitchen scraps and leaves, not too wet. Turn it every month. It is ready when it smells of forest soil.',
    tags: ['garden', 'to try'],
  },
  {
    title: 'Bach, Well-Tempered Clavier',
    body: 'Two books of preludes and fugues in all keys. Start with the prelude in C major; the fugue has four voices and is harder than it looks. Practise each voice of a fugue alone.',
    tags: ['music'],
  },
  {
    title: 'How to listen to a fugue',
    body: 'One voice states the subject, the others answer. Count the entries of the subject in the exposition, then listen for the stretto. Gould takes the fugues of Bach faster than Richter.',
    tags: ['music'],
  },
  {
    title: '平均律クラヴィーア曲集',
    body: 'バッハの前奏曲とフーガ。第一巻は長調と短調の全ての調で書かれた。',
    tags: [],
  },
  { title: 'フーガの技法', body: 'バッハの最後の曲集。未完のフーガで終わる。', tags: [] },
  {
    title: 'Shopping',
    body: 'Flour, milk, eggs, water filter, light bulbs, and a present for Ada before Friday.',
    tags: [],
  },
];

let app: TestApp;
let notes: Notes;
let ids: Map<string, string>;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  ids = new Map();
  for (const note of LIBRARY) ids.set(note.title, (await notes.create(note)).id);
});

afterAll(() => app.close());

async function relatedTo(title: string, query = ''): Promise<Related[]> {
  const { status, body } = await notes.send<{ data: Related[] }>('GET', `/${ids.get(title)}/related${query}`);
  expect(status).toBe(200);
  return body.data;
}

describe('related notes', () => {
  it.each([
    ['Sourdough starter', ['Rye bread, second attempt', 'Pizza on Fridays']],
    ['Rye bread, second attempt', ['Sourdough starter', 'Pizza on Fridays']],
    ['Indexes in PostgreSQL', ['Why is my query slow?', 'PostgreSQL: documentation of GIN']],
    [
      'PostgreSQL: documentation of GIN',
      ['Indexes in PostgreSQL', 'Why is my query slow?', 'PostgreSQL: release notes'],
    ],
    ['Tomatoes on the balcony', ['Potato blight', 'Compost']],
    ['Potato blight', ['Tomatoes on the balcony', 'Compost']],
    ['Bach, Well-Tempered Clavier', ['How to listen to a fugue']],
    ['平均律クラヴィーア曲集', ['フーガの技法']],
  ])('of %j are on the same subject', async (title, expected) => {
    const found = await relatedTo(title);
    expect(found.slice(0, expected.length).map((note) => note.title)).toEqual(expected);
  });

  it('say what they have in common, the weightiest first, and are sorted by how much', async () => {
    const found = await relatedTo('Why is my query slow?');
    expect(found[0]).toEqual({
      id: ids.get('Indexes in PostgreSQL'),
      title: 'Indexes in PostgreSQL',
      kind: 'note',
      score: expect.any(Number),
      reasons: ['words', 'links', 'tags'],
    });
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect((await relatedTo('Why is my query slow?', '?limit=2')).map(({ id }) => id)).toEqual(
      found.slice(0, 2).map(({ id }) => id),
    );
    const [, , release] = await relatedTo('PostgreSQL: documentation of GIN');
    expect(release).toMatchObject({ kind: 'bookmark', reasons: ['words', 'site'] });
    expect((await relatedTo('Indexes in PostgreSQL'))[0]?.reasons).toContain('links');
    for (const limit of ['0', '51', 'x', '1.5']) {
      const { errors } = await notes.refusal(400, 'GET', `/${ids.get('Vacuum')}/related?limit=${limit}`);
      expect(errors?.map(({ pointer }) => pointer)).toEqual(['?limit']);
    }
  });

  it('share rare tags rather than common ones; words that all notes have, and numbers, are nothing in common', async () => {
    const others = await Notes.signUp(app.client);
    const source = await others.create({ title: '2024', body: 'alike', tags: ['common', 'rare'] });
    for (const title of ['A', 'B']) await others.create({ title, body: 'alike', tags: ['rare'] });
    for (const title of ['C', 'D', 'E']) await others.create({ title, body: 'alike', tags: ['common'] });
    await others.create({ title: '2024', body: 'alike' });
    const { body } = await others.send<{ data: Related[] }>('GET', `/${source.id}/related`);
    expect(body.data.map(({ title, score, reasons }) => [title, score, reasons])).toEqual([
      ['B', 0.5774, ['tags']],
      ['A', 0.5774, ['tags']],
      ['E', 0.5, ['tags']],
      ['D', 0.5, ['tags']],
      ['C', 0.5, ['tags']],
    ]);
  });

  it('are live notes of the same user, for a note in the trash, too; none are found for one that is alone', async () => {
    const others = await Notes.signUp(app.client);
    const [twin, gone, alone] = [
      await others.create({ title: 'Potato blight', body: '[[gone]]', tags: ['garden'], url: 'https://example.org/a' }),
      await others.create({ title: 'gone', body: '[[Potato blight]]', tags: ['garden'], url: 'https://example.org/b' }),
      await others.create({ title: 'alone' }),
    ];
    const related = async (id: string) => (await others.send<{ data: Related[] }>('GET', `/${id}/related`)).body.data;
    expect(await related(twin.id)).toMatchObject([{ id: gone.id, reasons: ['links', 'words', 'tags', 'site'] }]);
    expect(await related(alone.id)).toEqual([]);
    await others.trash(gone.id);
    expect(await related(twin.id)).toEqual([]);
    expect(await related(gone.id)).toMatchObject([{ id: twin.id }]);
    await others.refusal(404, 'GET', `/${ids.get('Vacuum')}/related`);
  });
});
