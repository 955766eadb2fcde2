import { SqlParams } from '../src/database/sql-params';
import {
  BODY_HEADLINE_OPTIONS,
  headlineText,
  highlightHtml,
  TITLE_HEADLINE_OPTIONS,
} from '../src/notes/search/highlights';
import { parseSearchQuery } from '../src/notes/search/parse-search-query';
import { compileSearch, TEXT_SEARCH_CONFIG } from '../src/notes/search/search-sql';
import { compileQuery, SearchLibrary } from './support/search-library';

let library: SearchLibrary;

beforeAll(async () => {
  library = await SearchLibrary.create({
    coffee: { title: 'Coffee', body: 'A cup in the morning', pinned: true },
    tea: { title: 'Green tea, by the cup', url: 'https://example.org/tea', tags: ['drinks'] },
  });
});

afterAll(() => library.drop());

async function headline(query: string, text: string, options: string): Promise<string | null> {
  const params = new SqlParams([text, options]);
  const { highlight } = compileQuery(query, params);
  const { rows } = await library.client.query<{ headline: string }>(
    `select ts_headline('${TEXT_SEARCH_CONFIG}', ${headlineText('$1')}, ${highlight}, $2) as headline`,
    params.values,
  );
  return highlightHtml(rows[0]?.headline ?? '');
}

async function written(query: string): Promise<unknown> {
  const params = new SqlParams();
  const { predicate, tsquery, highlight } = compileQuery(query, params);
  const { rows } = await library.client.query(
    `select (${tsquery})::text as tsquery, (${highlight})::text as highlight from notes n where ${predicate} is not null limit 1`,
    params.values,
  );
  return rows[0];
}

describe('ranking and highlights', () => {
  it('use the text that should be there, without exclusions and filters', async () => {
    expect(await written('a "f g" (b OR c OR tag:x) is:pinned')).toEqual({
      tsquery: `'a' & 'f' <-> 'g' & ( 'b' | 'c' )`,
      highlight: `'a' | 'f' <-> 'g' | 'b' | 'c'`,
    });
    const { tsquery, highlight } = compileQuery('-a tag:b -(c "d")', new SqlParams());
    expect([tsquery, highlight]).toEqual([null, null]);
  });

  it('put a note that has the words in its title before one that has them in its body', async () => {
    expect(await library.find('cup OR green', true)).toEqual(['tea', 'coffee']);
  });

  it('mark every hit in a title', async () => {
    expect(await headline('café', 'Café & more <b>cafe</b>', TITLE_HEADLINE_OPTIONS)).toMatch(
      /^<mark>Café<\/mark> &amp; more .*<mark>cafe<\/mark>/,
    );
  });

  it('mark a word that punctuation joins to others', async () => {
    const text = 'TCP/IP in <https://example.org/tcp-ip.html> and (tcp.)';
    expect(await headline('tcp', text, TITLE_HEADLINE_OPTIONS)).toBe(
      '<mark>TCP</mark>/IP in &lt;https://example.org/<mark>tcp</mark>-ip.html&gt; and (<mark>tcp</mark>.)',
    );
  });

  it('find the passage of a body that has one word of two', async () => {
    const body = `${'lorem ipsum dolor '.repeat(40)}the needle is here ${'sit amet '.repeat(40)}`;
    const html = await headline('needle haystack', body, BODY_HEADLINE_OPTIONS);
    expect(html).toContain('the <mark>needle</mark> is here');
    expect(html?.split(' ').length).toBeLessThan(70);
  });

  it('join two passages with an ellipsis', async () => {
    const body = `first needle ${'lorem ipsum dolor '.repeat(60)} second needle`;
    expect(await headline('needle', body, BODY_HEADLINE_OPTIONS)).toMatch(
      /<mark>needle<\/mark>.* … .*<mark>needle<\/mark>/,
    );
  });

  it('are nothing for a text without a hit', async () => {
    expect(await headline('needle', 'a body of hay', BODY_HEADLINE_OPTIONS)).toBeNull();
    expect(await headline('!!!', 'a body of hay!!!', BODY_HEADLINE_OPTIONS)).toBeNull();
  });
});

const PARTS =
  `( ) " ' - -- OR OR | & ! * :* : \\ / <-> < > = .. , ; % _ $1 @ # “ ” « » \0 \n \u3000 é ß İ 日本 👍 \uD83D \uE000 word tea* ` +
  `-x tag: tag:a tag:"b is:pinned is: is:trashed has:url has:tags site:a.b site:_% created:2025 updated:<2024.. in:x a@b.c http://a/b?c 1 -1.5e3 <b> &amp; ﷺ ㎢`;

// Park and Miller's generator: the same queries in every run.
function randomQueries(count: number): string[] {
  const parts = PARTS.split(' ');
  let seed = 42;
  const next = (bound: number): number => (seed = (seed * 48271) % 2147483647) % bound;
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(20) }, () => `${parts[next(parts.length)]}${next(2) === 0 ? ' ' : ''}`).join(''),
  );
}

async function run(queries: string[]): Promise<number> {
  const params = new SqlParams([library.userId]);
  const columns = queries.flatMap((query) => {
    const { ast } = parseSearchQuery(query);
    if (ast === null) return [];
    const { predicate, tsquery, highlight } = compileSearch(ast, params, new Map());
    const ranked = tsquery === null ? '' : `, sum(ts_rank(n.search, ${tsquery} || ${highlight}))`;
    return [`select count(*)${ranked === '' ? ', 0' : ranked} from notes n where n.user_id = $1 and ${predicate}`];
  });
  await library.client.query(columns.join(' union all '), params.values);
  return columns.length;
}

describe('any query at all', () => {
  it('parses, compiles and runs', async () => {
    const queries = randomQueries(2000);
    let ran = 0;
    for (let at = 0; at < queries.length; at += 50) ran += await run(queries.slice(at, at + 50));
    expect(ran).toBeGreaterThan(1800);
  });

  it('runs with words too long to be indexed, some of which only unaccent makes too long', async () => {
    const words = ['a', 'Ⅷ', '語', '👍', '\u{1D504}', '㎯', '⑽', 'ﬃ', `'`, 'é-'].flatMap((character) => [
      character.repeat(1000),
      character.repeat(680),
      `${character.repeat(999)}*`,
      `"${character.repeat(998)}"`,
    ]);
    expect(await run(words)).toBe(words.length);
  });

  it('runs with as many terms and parentheses as can be', async () => {
    const many = Array.from({ length: 60 }, (_, at) => `"w${at} x"`).join(' OR ');
    expect(await run([many, '(-'.repeat(10) + 'a b', '(a OR -('.repeat(9) + 'tag:b', '-a '.repeat(300)])).toBe(4);
  });
});
