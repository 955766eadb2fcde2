import { SearchGrams1764000014500 } from '../migrations/1764000014500-search-grams';
import { DataSource } from 'typeorm';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { type Hit, Notes } from './support/notes';

/*
 * Scripts without spaces between words, which PostgreSQL does not split, and Korean, whose endings stick to words.
 */

const LIBRARY: Record<string, Record<string, unknown>> = {
  chinese: { title: '中文全文检索', body: '我昨天在北京大学的图书馆里读了一本关于 PostgreSQL 数据库的书。' },
  japanese: { title: '京都の旅行', body: '東京から新幹線で京都へ行きました。iPhone15で写真を撮った。', tags: ['お寺'] },
  korean: { title: '한국어 노트', body: '어제 도서관에서 책을 읽었습니다. 데이터베이스를 공부했어요.' },
  thai: { title: 'บันทึกภาษาไทย', body: 'เมื่อวานนี้ฉันไปห้องสมุดเพื่ออ่านหนังสือเกี่ยวกับฐานข้อมูล' },
  khmer: { title: 'សៀវភៅ', body: 'ខ្ញុំអានសៀវភៅនៅបណ្ណាល័យ' },
  latin: { title: 'A library', body: 'a book about PostgreSQL' },
};

let app: TestApp;
let notes: Notes;
const names = new Map<string, string>();

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  for (const [name, fields] of Object.entries(LIBRARY)) names.set((await notes.create(fields)).id, name);
});

afterAll(() => app.close());

const hits = async (q: string, more = ''): Promise<Hit[]> =>
  (await notes.list<Hit>(`${new URLSearchParams({ q }).toString()}${more}`)).data;
const found = async (q: string): Promise<unknown[]> => (await hits(q)).map(({ id }) => names.get(id)).sort();

/** What is found, and why. */
const SEARCHES: [q: string, names: string[]][] = [
  ['图书馆', ['chinese']],
  ['大学', ['chinese']],
  ['学大', []],
  ['北京图书馆', []],
  ['书', ['chinese']],
  ['馆', ['chinese']],
  ['索', ['chinese']],
  ['数据* postgresql', ['chinese']],
  ['PostgreSQL数据库', ['chinese']],
  ['"一本关于"', ['chinese']],
  ['"本一关于"', []],
  ['京都', ['japanese']],
  ['東京 京都', ['japanese']],
  ['新幹線で', ['japanese']],
  ['iphone15で写真', ['japanese']],
  ['お寺', ['japanese']],
  ['tag:お寺', ['japanese']],
  ['도서관', ['korean']],
  ['데이터베이스', ['korean']],
  ['"책을 읽었습니다"', ['korean']],
  ['ห้องสมุด', ['thai']],
  ['ข้อมูล', ['thai']],
  ['หนังสือ -ฐานข้อมูล', []],
  ['សៀវភៅ', ['khmer']],
  ['postgresql -图书馆', ['latin']],
  ['图书馆 OR ห้องสมุด OR 도서관', ['chinese', 'korean', 'thai']],
  ['。', []],
];

describe('a search in scripts without spaces', () => {
  it.each(SEARCHES)('for %s finds %j', async (q, expected) => expect(await found(q)).toEqual(expected));

  it('ranks a title over a body', async () => {
    const reader = await Notes.signUp(app.client);
    const ids = [await reader.create({ body: '今天读书' }), await reader.create({ title: '读书' })].map(({ id }) => id);
    await reader.create({ body: '今天写字' });
    expect((await reader.list<Hit>('q=%E8%AF%BB%E4%B9%A6')).data.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('marks what was found, and words beside it', async () => {
    expect((await hits('京都'))[0]?.highlights).toEqual({
      title: '<mark>京都</mark>の旅行',
      body: expect.stringContaining('新幹線で<mark>京都</mark>へ'),
    });
    expect((await hits('postgresql 数据库'))[0]?.highlights.body).toContain(
      '<mark>PostgreSQL</mark> <mark>数据库</mark>的书',
    );
    expect((await hits('ห้องสมุด'))[0]?.highlights.body).toContain('<mark>ห้องสมุด</mark>');
    expect((await hits('도서관', '&sort=title'))[0]?.highlights.body).toContain('<mark>도서관</mark>에서');
    const { id } = await notes.create({ body: `<b>${'很长的文字'.repeat(100)}目标${'后面的文字'.repeat(100)}` });
    const [long] = await hits('目标');
    expect([long?.id, long?.highlights.body?.length]).toEqual([id, expect.any(Number)]);
    expect(long?.highlights.body).toMatch(/^.{24,32}<mark>目标<\/mark>.{80,110}$/u);
    await notes.trash(id);
  });

  it('finds composed letters however they were typed', async () => {
    const reader = await Notes.signUp(app.client);
    for (const title of ['がく', 'か\u3099く']) await reader.create({ title });
    for (const q of ['がく', 'か\u3099く']) {
      expect((await reader.list(new URLSearchParams({ q }).toString())).data).toHaveLength(2);
    }
  });

  it('is possible in the longest text, which is indexed in moments as far as it fits', async () => {
    const body = Array.from({ length: 340_000 }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7919) % 20_000))).join(
      '',
    );
    const started = performance.now();
    const { id } = await notes.create({ body });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect((await hits(body.slice(10, 14))).map((hit) => hit.id)).toEqual([id]);
    await notes.trash(id);
  }, 60_000);
});

it('the migration rebuilds the notes that have such text, forward and back, and no others', async () => {
  const vectors = (): Promise<object[]> =>
    query(app.databaseUrl, `select id, search::text, xmin::text from notes where user_id = $1 order by id`, [
      notes.user.userId,
    ]);
  const before = await vectors();
  const runner = app.app.get(DataSource).createQueryRunner();
  const migration = new SearchGrams1764000014500();
  await migration.down(runner);
  const between = await vectors();
  expect(await found('图书馆')).toEqual([]);
  expect(await found('postgresql')).toEqual(['chinese', 'latin']);
  await migration.up(runner);
  await runner.release();
  const texts = (rows: object[]): unknown => rows.map((row) => ({ ...row, xmin: '' }));
  expect(texts(await vectors())).toEqual(texts(before));
  const latin = [...names].find(([, name]) => name === 'latin')?.[0];
  const row = (rows: object[]): unknown => rows.find((each) => Object.values(each).includes(latin));
  expect([row(between), row(await vectors())]).toEqual([row(before), row(before)]);
  for (const [q, expected] of SEARCHES) expect([q, await found(q)]).toEqual([q, expected]);
});
