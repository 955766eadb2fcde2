import { join } from 'node:path';
import { ImportedNote, ImportEntry, ImportLimits } from './import-entry';
import { readImport } from './read-import';

const folder = join(__dirname, '../../../test/fixtures/bookmarks');
const limits: ImportLimits = {
  maxNoteBytes: 1024 * 1024,
  maxEntries: 100_000,
  maxExpandedBytes: 1024 ** 3,
  maxCompressionRatio: 200,
  maxTags: 100,
};

interface Expected extends Partial<Omit<ImportedNote, 'createdAt' | 'updatedAt'>> {
  created?: string;
  updated?: string;
}

const time = (iso: string | null): Date | null => (iso === null ? null : new Date(`${iso}Z`));

const read = async (fileName: string): Promise<ImportEntry[]> => {
  const entries: ImportEntry[] = [];
  const source = { path: join(folder, fileName), fileName, format: 'auto' } as const;
  for await (const entry of readImport(source, limits)) entries.push(entry);
  return entries;
};

/** Notes and problems of one file by their lines, with what is not said left empty. */
const entriesOf = (file: string, expected: Record<number, string | Expected>): ImportEntry[] =>
  Object.entries(expected).map(([key, found]): ImportEntry => {
    const line = Number(key);
    if (typeof found === 'string') return { problem: { file, line, detail: found } };
    const { created = null, updated = null, ...rest } = found;
    const empty = { title: null, body: null, url: null, tags: [], folders: [], pinned: false, archived: false };
    return { note: { ...empty, ...rest, createdAt: time(created), updatedAt: time(updated), file, line } };
  });

const refused = (url: string): string => `only http and https addresses are kept: ${url}`;

describe('the bookmarks files of browsers', () => {
  it('reads that of Chrome', async () => {
    expect(await read('chrome.html')).toEqual(
      entriesOf('chrome.html', {
        11: { title: 'Example Domain', url: 'https://example.com/', created: '2023-01-01T00:00:01' },
        14: {
          title: 'Soup & bread – "easy"',
          url: 'https://example.com/soup?a=1&b=2',
          folders: ['Cooking'],
          created: '2023-01-01T00:01:42',
        },
        17: { title: 'Pâtes fraîches 🍝', url: 'http://example.org/pasta', folders: ['Cooking', 'Pasta, fresh'] },
        20: refused("javascript:(function(){document.body.style.background='red'})()"),
        22: refused('chrome://settings/'),
        23: { url: 'https://example.net/other', created: '2023-01-01T00:06:41' },
      }),
    );
  });

  it('reads that of Edge', async () => {
    expect(await read('edge.html')).toEqual(
      entriesOf('edge.html', {
        11: { title: 'News', url: 'https://www.example.com/news', created: '2023-04-01T00:00:01' },
        14: { title: 'Deep', url: 'https://www.example.com/deep', created: '2023-04-01T00:00:04' },
        20: {
          title: 'Work favorite',
          url: 'https://www.example.com/work',
          folders: ['Work', 'Favorites'],
          created: '2023-04-01T00:00:06',
        },
        26: refused('edge://favorites/'),
      }),
    );
  });

  it('reads that of Firefox', async () => {
    expect(await read('firefox.html')).toEqual(
      entriesOf('firefox.html', {
        12: refused('place:type=6&sort=14&maxResults=10'),
        16: {
          title: 'Get Help',
          url: 'https://support.mozilla.org/products/firefox',
          folders: ['Mozilla Firefox'],
          created: '2020-01-01T00:00:03',
          updated: '2020-01-01T00:00:04',
        },
        18: {
          title: 'Search',
          body: 'First line of the description,\nsecond line with <b>escaped</b> markup.\n\nA second paragraph.',
          url: 'https://example.com/search?q=%s',
          tags: ['search', 'Web Tools'],
          created: '2020-01-01T00:00:05',
          updated: '2020-01-01T00:00:06',
        },
        27: {
          title: 'A feed',
          url: 'https://example.org/feed',
          created: '2020-01-01T00:00:09',
          updated: '2020-01-01T00:00:10',
        },
        31: refused('about:config'),
        32: {
          title: 'Unfiled',
          url: 'https://example.net/unfiled',
          created: '2020-01-01T00:00:15',
          updated: '2020-01-01T00:00:16',
        },
      }),
    );
  });

  it('reads that of Safari', async () => {
    expect(await read('safari.html')).toEqual(
      entriesOf('safari.html', {
        8: { title: 'Apple', url: 'https://www.apple.com/' },
        11: { title: 'Trains', url: 'https://example.com/trains', folders: ['Travel'] },
        17: { title: 'At the top', url: 'https://example.com/top' },
        20: { title: 'Read later', url: 'https://example.com/later' },
      }),
    );
  });
});

describe('the exports of services', () => {
  it('reads that of Pocket, whose archive is archived', async () => {
    const b = 'https://example.com/b';
    expect(await read('pocket.html')).toEqual(
      entriesOf('pocket.html', {
        11: { title: 'An article', url: 'https://example.com/a?x=1&y=2', created: '2019-08-04T09:14:06' },
        12: { title: b, url: b, tags: ['long reads', 'science'], created: '2019-07-16T17:39:54' },
        18: {
          title: 'Done with it',
          url: 'https://example.com/c',
          tags: ['science'],
          archived: true,
          created: '2017-01-10T15:14:40',
        },
      }),
    );
  });

  it('reads that of Pinboard', async () => {
    expect(await read('pinboard.html')).toEqual(
      entriesOf('pinboard.html', {
        5: {
          title: 'A pin',
          url: 'https://example.com/pin',
          tags: ['music', 'Nightcore'],
          created: '2021-10-26T14:46:21',
        },
        7: {
          title: 'Quoted',
          body: '<blockquote>He said "hello".</blockquote>\n\nAnd left &amp; came back.',
          url: 'https://example.com/quoted',
          created: '2021-10-26T13:53:13',
        },
        11: {
          title: 'C…',
          url: 'http://example.com/reg?region=eu&copy=1&x=1',
          tags: ['c#', 'c++'],
          created: '2021-10-26T01:43:59',
        },
      }),
    );
  });

  it('reads that of Raindrop, whose important ones are pinned', async () => {
    expect(await read('raindrop.html')).toEqual(
      entriesOf('raindrop.html', {
        8: {
          title: 'Not yet sorted',
          url: 'https://example.com/?ribbon=5&rref=ny&region=Header',
          created: '2018-06-30T08:57:32',
          updated: '2020-06-15T15:38:16',
        },
        12: {
          title: 'One Million Trees',
          body: "Halfway through the city’s campaign, even supporters don't know.",
          url: 'https://example.com/trees',
          tags: ['machine learning', 'Trees'],
          folders: ['Reading'],
          pinned: true,
          created: '2018-06-30T08:57:33',
          updated: '2020-06-15T15:38:17',
        },
        16: {
          title: 'In a collection of that name',
          body: '[W.I.P.] #301',
          url: 'https://example.com/sub',
          tags: ['reading'],
          folders: ['Reading', 'Unsorted'],
          created: '2018-03-01T17:40:01',
          updated: '2021-03-03T11:14:44',
        },
      }),
    );
  });

  it('reads that of linkding, with its notes and its archive', async () => {
    expect(await read('linkding.html')).toEqual(
      entriesOf('linkding.html', {
        6: {
          title: 'One',
          body: 'A description.\n\n# Notes\n\n- with *Markdown* & <b>',
          url: 'https://example.com/one',
          tags: ['self-hosted', 'django'],
          created: '2021-03-20T18:07:00',
          updated: '2021-03-20T18:08:20',
        },
        10: {
          title: 'Two',
          url: 'https://example.com/two',
          archived: true,
          created: '2021-03-20T18:07:01',
          updated: '2021-03-20T18:08:21',
        },
        11: {
          title: 'Three',
          url: 'https://example.com/three',
          tags: ['old'],
          archived: true,
          created: '2021-03-20T18:07:02',
        },
      }),
    );
  });

  it('reads that of Delicious, and dates in milliseconds and microseconds', async () => {
    expect(await read('delicious.html')).toEqual(
      entriesOf('delicious.html', {
        8: {
          title: 'CSS tricks',
          body: 'Notes   keep their\n  own lines.',
          url: 'http://www.example.com/css',
          tags: ['css', 'design', 'web2.0'],
          created: '2007-12-28T19:05:12',
        },
        11: { title: 'Milliseconds', url: 'http://www.example.com/xmas', created: '2007-12-28T19:05:13' },
        12: {
          title: 'Microseconds',
          url: 'http://www.example.com/maps',
          tags: ['maps'],
          created: '2007-12-28T19:05:14',
        },
      }),
    );
  });
});
