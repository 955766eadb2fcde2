import { parseSearchQuery } from './parse-search-query';
import { SearchNode } from './search-node';

/** The tree in one line: `(and a "b c" (not tag:x))`. */
function show(node: SearchNode | null): string {
  if (node === null) return 'nothing';
  switch (node.type) {
    case 'and':
    case 'or':
      return `(${node.type} ${node.nodes.map(show).join(' ')})`;
    case 'not':
      return `(not ${show(node.node)})`;
    case 'word':
      return node.prefix ? `${node.text}…` : node.text;
    case 'phrase':
      return `"${node.text}"`;
    case 'tag':
    case 'notebook':
      return `[${node.type}=${node.name}]`;
    case 'is':
    case 'has':
      return `[${node.type}=${node.value}]`;
    case 'site':
      return `[site=${node.host}]`;
    case 'date':
      return `[${node.field}=${[node.from, node.to].map((date) => date?.toISOString().slice(0, 10) ?? '').join('/')}]`;
  }
}

const nested = (depth: number): string => `${'(a -'.repeat(depth)}b${')'.repeat(depth)}`;
const tree = (query: string): string => show(parseSearchQuery(query).ast);
const warningsOf = (query: string): string[] =>
  parseSearchQuery(query).warnings.map(({ position, detail }) => `${position}: ${detail}`);

describe('a search that is well-formed', () => {
  it.each([
    ['', 'nothing'],
    [' \t\n ', 'nothing'],
    ['word', 'word'],
    ['two words', '(and two words)'],
    ['two\u3000words\u00A0here', '(and two words here)'],
    ['"a phrase"', '"a phrase"'],
    ['"  a \n phrase "', '"a phrase"'],
    ['“curly” «angled» „low“ "mixed”', '(and "curly" "angled" "low" "mixed")'],
    ['fish"and chips"now', '(and fish "and chips" now)'],
    [`don't o'clock`, `(and don't o'clock)`],
    ['-a', '(not a)'],
    ['a -"b c" -tag:d -(e f)', '(and a (not "b c") (not [tag=d]) (not (and e f)))'],
    ['one - two', '(and one - two)'],
    ['well-known --verbose', '(and well-known --verbose)'],
    ['-(-a)', '(not (not a))'],
    ['a OR b', '(or a b)'],
    ['a b OR c d', '(or (and a b) (and c d))'],
    ['a (b OR c) d', '(and a (or b c) d)'],
    ['a OR b OR c', '(or a b c)'],
    ['a OR (b OR c)', '(or a b c)'],
    ['a (b c)', '(and a b c)'],
    ['((a))', 'a'],
    ['a(b)c', '(and a b c)'],
    ['a OR(b c)', '(or a (and b c))'],
    ['a or b Or c', '(and a or b Or c)'],
    ['ORDER FOR', '(and ORDER FOR)'],
    ['"OR"', '"OR"'],
    ['-OR', '(not OR)'],
    ['pre*', 'pre…'],
    ['pre** a*b *c', '(and pre… a*b *c)'],
    ['*', '*'],
    ['***', '***'],
    ['"quoted*"', '"quoted*"'],
    ['foo:bar http://example.org/x 12:30 a:b:c', '(and foo:bar http://example.org/x 12:30 a:b:c)'],
    ['日本 👍 Ünïcode', '(and 日本 👍 Ünïcode)'],
  ])('%j means %s, without warnings', (query, expected) => {
    expect(tree(query)).toBe(expected);
    expect(warningsOf(query)).toEqual([]);
  });

  it.each([
    ['tag:work', '[tag=work]'],
    ['tag:"to  read "', '[tag=to read]'],
    ['IN:inbox -in:"my  notes"', '(and [notebook=inbox] (not [notebook=my notes]))'],
    ['tag:“to read”', '[tag=to read]'],
    ['Tag:Work', '[tag=Work]'],
    ['tag:a:b', '[tag=a:b]'],
    ['(tag:a)', '[tag=a]'],
    ['is:pinned is:archived is:trashed', '(and [is=pinned] [is=archived] [is=trashed])'],
    ['is:note is:bookmark is:untagged', '(and [is=note] [is=bookmark] [is=untagged])'],
    ['IS:Pinned', '[is=pinned]'],
    ['has:url has:tags has:title has:body', '(and [has=url] [has=tags] [has=title] [has=body])'],
    ['site:example.org', '[site=example.org]'],
    ['site:WWW.Example.ORG.', '[site=example.org]'],
    ['site:*.example.org site:.example.org', '(and [site=example.org] [site=example.org])'],
    ['site:https://www.example.org:8080/a?b#c', '[site=example.org]'],
    ['site:müller.example', '[site=xn--mller-kva.example]'],
    ['created:2025', '[created=2025-01-01/2026-01-01]'],
    ['updated:>=2025-03-04', '[updated=2025-03-04/]'],
    ['created:<2025', '[created=/2025-01-01]'],
    ['created:2024..2025-06', '[created=2024-01-01/2025-07-01]'],
    ['-created:2025', '(not [created=2025-01-01/2026-01-01])'],
  ])('%j filters by %s, without warnings', (query, expected) => {
    expect(tree(query)).toBe(expected);
    expect(warningsOf(query)).toEqual([]);
  });

  it('does not take a filter within a word or a phrase for one', () => {
    expect(tree('metatag:x "is:pinned"')).toBe('(and metatag:x "is:pinned")');
  });
});

describe('a search that is malformed', () => {
  it.each([
    ['"never closed', '(and never closed)', '0: This quotation mark has no partner'],
    ['a "b c" d" e', '(and a "b c" d e)', '9: This quotation mark has no partner'],
    ['"', 'nothing', '0: This quotation mark has no partner'],
    ['tag:"never closed', '(and [tag=never] closed)', '4: This quotation mark has no partner'],
    ['-"never closed', '(and (not never) closed)', '1: This quotation mark has no partner'],
    ['a "" b', '(and a b)', '2: There is nothing between these quotation marks'],
    ['-"" b', 'b', '1: There is nothing between these quotation marks'],
    ['(a b', '(and a b)', '0: This parenthesis is never closed'],
    ['a OR (b c', '(or a (and b c))', '5: This parenthesis is never closed'],
    ['a) b', '(and a b)', '1: This parenthesis closes nothing'],
    ['smile :)', '(and smile :)', '7: This parenthesis closes nothing'],
    ['a () b', '(and a b)', '2: There is nothing between these parentheses'],
    ['-() b', 'b', '1: There is nothing between these parentheses'],
    ['OR', 'nothing', '0: OR needs a term on both sides'],
    ['OR a', 'a', '0: OR needs a term on both sides'],
    ['a OR', 'a', '2: OR needs a term on both sides'],
    ['(a OR) b', '(and a b)', '3: OR needs a term on both sides'],
    ['tag: b', '(and tag: b)', '0: tag: needs the name of a tag'],
    ['tag:" "', 'tag:" "', '0: tag: needs the name of a tag'],
    ['a is:urgent', '(and a is:urgent)', '2: is: takes one of pinned, archived'],
    ['has:wings', 'has:wings', '0: has: takes one of url, tags'],
    ['site:a..:b', 'site:a..:b', '0: site: needs the name of a host'],
    ['created:yesterday', 'created:yesterday', '0: created: takes a date'],
    ['updated:2025-02-30', 'updated:2025-02-30', '0: updated: takes a date'],
    ['in: a', '(and in: a)', '0: in: needs the name of a notebook'],
  ])('%j still finds %s and says why', (query, expected, warning) => {
    expect(tree(query)).toBe(expected);
    expect(warningsOf(query)).toEqual([expect.stringContaining(warning)]);
  });

  it('keeps a negation before a lone quote within its parentheses', () => {
    expect(tree('(a -") b')).toBe('(and a b)');
  });

  it('takes control characters for white space, NUL among them', () => {
    expect(tree('a\0b\u0007c')).toBe('(and a b c)');
    expect(tree('"a\0b"')).toBe('"a b"');
    expect(tree('tag:"a\0b"')).toBe('[tag=a b]');
  });

  it('gives the warnings in the order of their positions', () => {
    const positions = parseSearchQuery('OR in: ) is:b ( "').warnings.map((warning) => warning.position);
    expect(positions).toEqual([0, 3, 7, 9, 14, 14, 16]);
  });
});

describe('the bounds of a search', () => {
  it('are 50 terms, after which the rest is left out', () => {
    const words = Array.from({ length: 51 }, (_, at) => `w${at}`);
    expect(warningsOf(words.slice(0, 50).join(' '))).toEqual([]);
    const { ast, warnings } = parseSearchQuery(words.join(' '));
    expect(ast).toMatchObject({ type: 'and', nodes: { length: 50 } });
    expect(warnings).toEqual([{ position: 190, detail: expect.stringContaining('at most 50 terms') }]);
  });

  it('are 10 levels of parentheses, after which the rest is left out', () => {
    expect(warningsOf(nested(10))).toEqual([]);
    expect(tree(`x ${'('.repeat(11)}y`)).toBe('x');
    expect(warningsOf(nested(11))).toEqual([expect.stringContaining('40: Parentheses may be nested 10 deep')]);
  });

  it('are 255 characters a word, of which the beginning is searched for', () => {
    expect(tree('語'.repeat(255))).toBe('語'.repeat(255));
    expect(tree('👍'.repeat(256))).toBe(`${'👍'.repeat(255)}…`);
    expect(tree(`"a ${'b'.repeat(300)}"`)).toBe(`"a ${'b'.repeat(255)}"`);
    expect(warningsOf('語'.repeat(256))).toEqual([expect.stringContaining('0: Only the first 255 characters')]);
  });

  it('hold for the longest query there is, of any one character', () => {
    for (const character of ['(', ')', '"', '-', 'a', '*', ':', ' ', 'a ', '-(', '(-', '()', '""', 'tag:', 'OR ']) {
      const query = character.repeat(1000).slice(0, 1000);
      const started = process.cpuUsage();
      expect(parseSearchQuery(query).warnings.length).toBeLessThanOrEqual(1000);
      expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
    }
  });
});
