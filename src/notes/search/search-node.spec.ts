import { parseSearchQuery } from './parse-search-query';
import { mentionsTrash, namesIn, requiredTags, SearchNode } from './search-node';

const ast = (query: string): SearchNode | null => parseSearchQuery(query).ast;

describe('mentionsTrash', () => {
  it.each(['is:trashed', 'a is:trashed', '-is:trashed', 'a OR (b -(c is:trashed))', 'IS:Trashed'])(
    'is true of %s',
    (query) => {
      expect(mentionsTrash(parseSearchQuery(query).ast)).toBe(true);
    },
  );

  it.each(['', 'trashed', '"is:trashed"', 'is:pinned -is:archived', 'a OR (b -(c tag:trashed))'])(
    'is false of %j',
    (query) => {
      expect(mentionsTrash(parseSearchQuery(query).ast)).toBe(false);
    },
  );
});

describe('the tags of a search', () => {
  it('are found wherever they are, and so are its notebooks', () => {
    const query = ast('tag:a in:x (b OR -tag:c) -(d tag:"e f" in:"y z")');
    expect(namesIn(query, 'tag')).toEqual(['a', 'c', 'e f']);
    expect(namesIn(query, 'notebook')).toEqual(['x', 'y z']);
    expect(namesIn(ast(''), 'tag')).toEqual([]);
  });

  it.each([
    ['tag:a', ['a'], ''],
    ['tag:a b tag:c', ['a', 'c'], 'b'],
    ['tag:a b c', ['a'], 'b c'],
    ['tag:a tag:a', ['a', 'a'], ''],
    ['tag:a OR b', [], 'tag:a OR b'],
    ['-tag:a b', [], '-tag:a b'],
    ['tag:a (b OR tag:c)', ['a'], 'b OR tag:c'],
    ['', [], ''],
  ])('that every hit must have are taken out: %s', (query, names, rest) => {
    expect(requiredTags(ast(query))).toEqual({ names, rest: ast(rest) });
  });
});
