import { SqlParams } from '../src/database/sql-params';
import { compileQuery, type SampleNote, SearchLibrary } from './support/search-library';

const NOTES: Record<string, SampleNote> = {
  tea: {
    title: 'Green tea',
    body: 'Brew a cup of tea at 80 degrees. Red-hot water spoils it.',
    tags: ['Drinks', 'to read'],
  },
  coffee: { title: 'Café crème', body: 'Strong coffee, a cup in the morning', tags: ['drinks'], pinned: true },
  shop: { title: 'Tea shop', url: 'https://shop.example.org/tea', tags: ['Shops'], created: '2024-06-15T12:00:00Z' },
  blog: { url: 'https://www.example.org/', body: 'notexample', archived: true, created: '2024-12-31T23:59:59.999Z' },
  other: { title: 'wild', url: 'https://my_example.org/', created: '2025-01-01T00:00:00Z' },
  lookalike: { title: 'wild', url: 'https://notexample.org/' },
  wildcard: { title: 'wild', url: 'https://sub.myxexample.org/' },
  bin: { title: 'Old tea', trashed: true },
  joined: {
    body: 'TCP/IP, a report.pdf, vector<integer> &amp; see <https://sub.example.net/seven-samurai?x=1>, it’s 2025-03-04.Next',
  },
  plain: { body: `O'Brien's naïve résumé: foo-bar_baz, 日本語 and C++` },
};

const ALL = Object.keys(NOTES).sort();
const without = (...left: string[]): string[] => ALL.filter((name) => !left.includes(name));

let library: SearchLibrary;

beforeAll(async () => {
  library = await SearchLibrary.create(NOTES);
});

afterAll(() => library.drop());

describe('what a search finds', () => {
  it.each([
    ['tea', ['bin', 'shop', 'tea']],
    ['TEA green', ['tea']],
    ['te', []],
    ['te*', ['bin', 'shop', 'tea']],
    ['cafe creme', ['coffee']],
    ['café*', ['coffee']],
    ['naive RÉSUMÉ', ['plain']],
    ['日本語', ['plain']],
    [`o'brien`, ['plain']],
    [`o'bri*`, ['plain']],
    ['foo-ba*', ['plain']],
    ['"cup of tea"', ['tea']],
    ['"tea cup"', []],
    ['tea -green', ['bin', 'shop']],
    ['tea -"cup of tea"', ['bin', 'shop']],
    ['tea -gre*', ['bin', 'shop']],
    ['-cup', without('tea', 'coffee')],
    ['green OR coffee', ['coffee', 'tea']],
    ['cup (green OR coffee) -strong', ['tea']],
    ['-(tea OR cup)', without('tea', 'coffee', 'shop', 'bin')],
    ['-(tea cup)', without('tea')],
    ['-(-tea)', ['bin', 'shop', 'tea']],
    ['red-hot', ['tea']],
    ['"red hot water"', ['tea']],
    ['hot-red', []],
    ...[
      'tcp',
      'ip',
      'TCP/IP',
      'report',
      'pdf',
      'report.pdf',
      'integer',
      'samurai',
      'example.net',
      'sub.example*',
      'it’s',
      `"it's"`,
    ].map((query): [string, string[]] => [query, ['joined']]),
    ['https://sub.example.net/seven-samurai', ['joined']],
    ['2025-03 next', ['joined']],
    ['ip/tcp', []],
  ])('%s finds %j by text', async (query, expected) => {
    expect(await library.find(query)).toEqual(expected);
  });

  it.each([
    ['tag:drinks', ['coffee', 'tea']],
    ['tag:"To Read"', ['tea']],
    ['tag:drink', []],
    ['-tag:drinks', without('coffee', 'tea')],
    ['is:untagged', without('coffee', 'tea', 'shop')],
    ['has:tags', ['coffee', 'shop', 'tea']],
    ['is:pinned', ['coffee']],
    ['is:archived', ['blog']],
    ['is:trashed', ['bin']],
    ['is:note', ['bin', 'coffee', 'joined', 'plain', 'tea']],
    ['is:bookmark', ['blog', 'lookalike', 'other', 'shop', 'wildcard']],
    ['has:url', ['blog', 'lookalike', 'other', 'shop', 'wildcard']],
    ['has:body', ['blog', 'coffee', 'joined', 'plain', 'tea']],
    ['-has:body', without('blog', 'coffee', 'joined', 'plain', 'tea')],
    ['has:title', without('blog', 'joined', 'plain')],
    ['-has:title', ['blog', 'joined', 'plain']],
    ['site:example.org', ['blog', 'shop']],
    ['site:shop.example.org', ['shop']],
    ['-site:example.org', without('blog', 'shop')],
    ['site:my_example.org', ['other']],
    ['created:2024', ['blog', 'shop']],
    ['created:2024-06-15', ['shop']],
    ['created:2024-12', ['blog']],
    ['created:2025-01-01', ['other']],
    ['created:<2025', ['blog', 'shop']],
    ['created:>2024', without('blog', 'shop')],
    ['created:2024-12-31..2025-01-01', ['blog', 'other']],
    ['updated:>=2025 -created:2025', without('blog', 'shop', 'other')],
    ['created:<=9999', ALL],
    ['created:<1000', []],
  ])('%s finds %j by a filter', async (query, expected) => {
    expect(await library.find(query)).toEqual(expected);
  });

  it.each([
    ['tea tag:drinks', ['tea']],
    ['tea -tag:drinks', ['bin', 'shop']],
    ['tea OR tag:drinks', ['bin', 'coffee', 'shop', 'tea']],
    ['cup (tag:"to read" OR strong)', ['coffee', 'tea']],
    ['cup (tag:"to read" OR strong) -is:pinned', ['tea']],
    ['-(tea OR is:bookmark)', ['coffee', 'joined', 'plain']],
    ['-(tea is:bookmark)', without('shop')],
    ['-(cup site:example.org)', ALL],
    ['(-site:example.org OR tea) has:url', ['lookalike', 'other', 'shop', 'wildcard']],
  ])('%s finds %j by text and filters together', async (query, expected) => {
    expect(await library.find(query)).toEqual(expected);
  });
});

describe('a term without a word in it', () => {
  it.each(['!!!', '-!!!', '"…"', '***', '!!!*', '(!!! ???)', '!!! OR ???', '-(!!! OR "—")', '%', '_', `'`, '\\'])(
    '%s finds nothing alone',
    async (query) => {
      expect(await library.find(query)).toEqual([]);
    },
  );

  it.each([
    ['!!! green', ['tea']],
    ['green & coffee', []],
    ['tea & green', ['tea']],
    ['green -!!!', ['tea']],
    ['!!! OR green', ['tea']],
    ['tea - green', ['tea']],
    ['!!! tag:drinks', ['coffee', 'tea']],
    ['-!!! tag:drinks', ['coffee', 'tea']],
    ['(!!! OR "…") tag:drinks', ['coffee', 'tea']],
    ['!!! OR tag:drinks', ['coffee', 'tea']],
    ['!!! tea tag:drinks', ['tea']],
    ['-(!!! tag:drinks)', without('coffee', 'tea')],
    ['tea (!!! -tag:drinks)', ['bin', 'shop']],
  ])('is ignored beside others: %s finds %j', async (query, expected) => {
    expect(await library.find(query)).toEqual(expected);
  });
});

describe('injection', () => {
  it.each([
    `'); drop table notes; --`,
    `tag:"'; delete from notes; --"`,
    `a':*|b*`,
    `'zzz' | 'tea'*`,
    `\\'*`,
    `zzz':*)||(tea*`,
    `zzz|tea*`,
    `!zzz*`,
    `site:%`,
    `tag:%`,
  ])('%s is only text', async (query) => {
    expect(await library.find(query)).toEqual([]);
    expect(await library.find('tea')).toEqual(['bin', 'shop', 'tea']);
  });
});

describe('the plan', () => {
  it.each(['tea cup', 'tea -green (cup OR pot)', '!!! tea is:pinned', 'te* -has:url', '"cup of tea" -tag:x'])(
    'looks up the text of %s in the index',
    async (query) => {
      const params = new SqlParams([library.userId]);
      const { predicate } = compileQuery(query, params, new Map(), ['de', 'en', 'fr']);
      await library.client.query('begin');
      await library.client.query('set local enable_seqscan = off');
      // So few notes are found as cheaply by any index of their user.
      await library.client.query('drop index notes_seq_idx');
      const { rows } = await library.client.query<{ 'QUERY PLAN': string }>(
        `explain select n.id from notes n where n.user_id = $1 and ${predicate}`,
        params.values,
      );
      await library.client.query('rollback');
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index Scan on notes_search_idx[^\n]*\n\s*Index Cond: .*@@/);
    },
  );
});
