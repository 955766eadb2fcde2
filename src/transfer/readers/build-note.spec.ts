import { buildNote } from './build-note';
import { ImportedNote, ImportLimits } from './import-entry';

const limits: ImportLimits = {
  maxNoteBytes: 1000,
  maxEntries: 10,
  maxExpandedBytes: 1000,
  maxCompressionRatio: 200,
  maxTags: 3,
};
const empty: ImportedNote = {
  title: null,
  body: null,
  url: null,
  tags: [],
  folders: [],
  createdAt: null,
  updatedAt: null,
  pinned: false,
  archived: false,
  file: 'a.md',
  line: 7,
};

const build = (found: Partial<ImportedNote>) => buildNote({ ...empty, ...found }, limits);
const noteOf = (found: Partial<ImportedNote>): ImportedNote => {
  const entry = build(found);
  if ('problem' in entry) throw new Error(entry.problem.detail);
  return entry.note;
};
const problemOf = (found: Partial<ImportedNote>): string => {
  const entry = build(found);
  if ('note' in entry) throw new Error('no problem');
  expect(entry.problem).toMatchObject({ file: 'a.md', line: 7 });
  return entry.problem.detail;
};

describe('buildNote', () => {
  it('makes one line of a title and null of one without text', () => {
    expect(noteOf({ title: ' a\u0000\n\tb\u00a0 c\u0007\u009f\u202e ' }).title).toBe('a b c');
    expect(noteOf({ title: ' \n ' }).title).toBeNull();
  });

  it('keeps a title of 500 characters, counted as code points', () => {
    const title = '🍝'.repeat(500);
    expect(noteOf({ title })).toMatchObject({ title, body: null });
  });

  it('cuts a longer title and keeps all of it at the top of the body', () => {
    const title = '🍝'.repeat(100) + 'x'.repeat(401);
    const note = noteOf({ title, body: 'text' });
    expect(Array.from(note.title ?? '')).toHaveLength(500);
    expect(note.title).toMatch(/x…$/);
    expect(note.body).toBe(`${title}\n\ntext`);
  });

  it('does not repeat a long title that the body already holds', () => {
    const title = 'x'.repeat(501);
    expect(noteOf({ title, body: `# ${title}\n\ntext` }).body).toBe(`# ${title}\n\ntext`);
  });

  it('keeps the body as it is, and makes null of one without text', () => {
    expect(noteOf({ body: '  a\n\n' }).body).toBe('  a\n\n');
    expect(noteOf({ body: ' \n' }).body).toBeNull();
  });

  it('trims tags, takes out commas and control characters, and keeps the first spelling of each', () => {
    const tags = ['  To  do ', 'to do', 'ＴＯ ＤＯ', 'a,b', '\u0000', '', 'x\u0001y'];
    expect(noteOf({ tags }).tags).toEqual(['To do', 'a b', 'xy']);
  });

  it('makes names that notebooks may have of folders, commas and all, and leaves out those without one', () => {
    const folders = [' A,\u0000 b\n', '', '\u202e', '🍝'.repeat(101), '\uFDFA'.repeat(50), 'A, b'];
    expect(noteOf({ folders })).toMatchObject({
      tags: [],
      folders: ['A, b', '🍝'.repeat(100), '\uFDFA'.repeat(5), 'A, b'],
    });
  });

  it('cuts a tag to 100 code points', () => {
    expect(noteOf({ tags: ['🍝'.repeat(101)] }).tags).toEqual(['🍝'.repeat(100)]);
  });

  it('cuts a tag whose key would be longer than 100 code points', () => {
    expect(noteOf({ tags: ['\uFDFA'.repeat(50)] }).tags).toEqual(['\uFDFA'.repeat(5)]);
  });

  it('keeps the tags beyond the limit as a line of the body', () => {
    const note = noteOf({ body: 'text', tags: ['a', 'b', 'c', 'd', 'e'] });
    expect(note).toMatchObject({ tags: ['a', 'b', 'c'], body: 'text\n\nTags: d, e' });
  });

  it('refuses a body larger than a note may be, counted in bytes of UTF-8', () => {
    expect(noteOf({ body: 'é'.repeat(500) }).body).toHaveLength(500);
    expect(problemOf({ body: 'é'.repeat(501) })).toBe(
      'the text is larger than a note may be: 1002 bytes, at most 1000',
    );
  });

  it('keeps an address as it is written, however often it is asked', () => {
    const urls = [
      'https://example.com',
      'HTTP://EXAMPLE.COM/',
      'https://müller.example/ä?q=%s#x',
      'http://localhost:8080/',
    ];
    for (let round = 0; round < 5000; round += 1) {
      for (const url of urls) if (noteOf({ url }).url !== url) throw new Error(`${url} at ${round}`);
    }
    expect(noteOf({ url: 'https://müller.example/ä' }).url).toBe('https://müller.example/ä');
  });

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\nscript:alert(1)',
    'data:,x',
    'file:///x',
    'place:a',
    'chrome://x',
    'about:blank',
    'mailto:a@b',
    'ftp://x/',
  ])('refuses the address %j', (url) => {
    expect(problemOf({ url })).toMatch(/^only http and https addresses are kept: \w/);
  });

  it.each(['relative', 'http:example.com', '/x', '//example.com/', 'http://', 'https://exa mple/'])(
    'refuses %j, which is no complete address',
    (url) => {
      expect(problemOf({ url })).toBe(`not a complete web address: ${url}`);
    },
  );

  it('shows no more than 80 characters of a refused address', () => {
    expect(problemOf({ url: `data:${'x'.repeat(200)}` })).toBe(
      `only http and https addresses are kept: data:${'x'.repeat(75)}…`,
    );
  });

  it('refuses an empty address and one longer than 2,048 characters', () => {
    const base = 'https://example.com/';
    expect(problemOf({ url: ' ' })).toBe('the link has no address');
    expect(noteOf({ url: base.padEnd(2048, 'x') }).url).toHaveLength(2048);
    expect(problemOf({ url: base.padEnd(2049, 'x') })).toMatch(/^the address is longer than 2048 characters/);
  });
});
