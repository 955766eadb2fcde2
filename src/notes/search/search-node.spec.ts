import { parseSearchQuery } from './parse-search-query';
import { mentionsTrash } from './search-node';

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
