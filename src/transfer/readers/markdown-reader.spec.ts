import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanText } from './clean-text';
import { splitFrontMatter } from './front-matter';
import { ImportedNote, ImportEntry, ImportLimits, ImportRefusedError } from './import-entry';
import { MarkdownFile, readMarkdown } from './markdown-reader';

const root = join(__dirname, '../../..');
const limits: ImportLimits = {
  maxNoteBytes: 1024 * 1024,
  maxEntries: 10,
  maxExpandedBytes: 1e9,
  maxCompressionRatio: 200,
  maxTags: 100,
};

const read = (text: string | Buffer, rest: Partial<MarkdownFile> = {}): ImportEntry =>
  readMarkdown({ bytes: Buffer.from(text), file: 'folder/My file.md', folders: [], modifiedAt: null, ...rest }, limits);

const note = (text: string | Buffer, rest: Partial<MarkdownFile> = {}): ImportedNote => {
  const entry = read(text, rest);
  if ('problem' in entry) throw new Error(entry.problem.detail);
  return entry.note;
};

const fixture = (file: string): ImportedNote =>
  note(readFileSync(join(root, 'test/fixtures/markdown', file)), { file });

const plain: Omit<ImportedNote, 'file'> = {
  title: null,
  body: null,
  url: null,
  tags: [],
  folders: [],
  createdAt: null,
  updatedAt: null,
  pinned: false,
  archived: false,
  line: null,
};

describe('readMarkdown', () => {
  it('reads a note of Obsidian', () => {
    expect(fixture('obsidian.md')).toEqual({
      ...plain,
      file: 'obsidian.md',
      title: 'Bread',
      body: '---\naliases: [Brot]\n---\n\n# Bread #\n\nFlour, water and #salt.\n',
      tags: ['baking', 'recipe/bread', '2024'],
      createdAt: new Date('2024-01-05T10:20:00Z'),
      updatedAt: new Date('2024-02-06T10:30:40Z'),
      pinned: true,
    });
  });

  it('reads a post of Jekyll', () => {
    expect(fixture('jekyll.md')).toEqual({
      ...plain,
      file: 'jekyll.md',
      title: 'Welcome: a post',
      body: '---\nlayout: post\n---\n\nYou’ll find this post in your `_posts` directory.\n\n# Not the title\n',
      tags: ['Ruby', 'static site', 'jekyll', 'update'],
      createdAt: new Date('2015-11-17T22:16:01Z'),
    });
  });

  it('reads a clipped page as a bookmark', () => {
    expect(fixture('clipping.md')).toEqual({
      ...plain,
      file: 'clipping.md',
      title: 'A clipped page',
      body: '> A quotation.\n',
      url: 'https://example.com/article?a=1#part',
      createdAt: new Date('2023-06-07T00:00:00Z'),
      archived: true,
    });
  });

  it('keeps front matter that is no YAML in the body', () => {
    const text = readFileSync(join(root, 'test/fixtures/markdown/bad-yaml.md'), 'utf8');
    expect(fixture('bad-yaml.md')).toEqual({ ...plain, file: 'bad-yaml.md', title: 'bad-yaml', body: text });
  });

  it('takes a setext heading for the title and leaves the body unchanged', () => {
    const title = 'The *heading* of `setext`';
    expect(fixture('setext.md')).toEqual({
      ...plain,
      file: 'setext.md',
      title,
      body: `\n${title}\n${'='.repeat(25)}\n\nText.\n`,
    });
  });

  it('makes all line ends LF and takes control characters out', () => {
    expect(fixture('windows.txt')).toEqual({
      ...plain,
      file: 'windows.txt',
      title: 'windows',
      body: 'First line\nsecond line\nthird line\n',
    });
  });

  it('reads a file of Windows with a byte order mark', () => {
    expect(fixture('bom.md')).toEqual({ ...plain, file: 'bom.md', title: 'With a mark', body: 'Text\n' });
  });

  it.each([
    ['# A', 'A'],
    ['\n  \n   #  A  b  ##  \ntext', 'A b'],
    ['# C#', 'C#'],
    ['A\n=', 'A'],
    ['## A', 'My file'],
    ['#A', 'My file'],
    ['    # A', 'My file'],
    ['#\ntext', 'My file'],
    ['text\n# A', 'My file'],
    ['A\n-', 'My file'],
    ['', 'My file'],
  ])('finds the title of %j', (text, title) => {
    expect(note(text).title).toBe(title);
  });

  it('reads a heading of a million blanks in no time', () => {
    expect(note(`# A${' '.repeat(1_000_000)}B`)).toMatchObject({ title: 'A' });
  });

  it.each([
    ['a.MARKDOWN', 'a'],
    ['a.b.txt', 'a.b'],
    ['x/y\\z.md', 'z'],
    ['.md', '.md'],
    ['notes', 'notes'],
  ])('takes the name of %s as the title of last resort', (file, title) => {
    expect(note('text', { file }).title).toBe(title);
  });

  it('keeps the folders, and the time of the file where none is given', () => {
    const modifiedAt = new Date('2020-02-03T04:05:06Z');
    expect(note('---\ntags: [a]\n---\n', { folders: ['A', 'B'], modifiedAt })).toMatchObject({
      tags: ['a'],
      folders: ['A', 'B'],
      updatedAt: modifiedAt,
    });
    expect(note('---\nupdated: 2021-01-01\n---\n', { modifiedAt }).updatedAt).toEqual(new Date('2021-01-01T00:00:00Z'));
  });

  it('reads UTF-16 with a byte order mark', () => {
    expect(note(Buffer.from('\ufeff# Grüße\r\n', 'utf16le'))).toMatchObject({ title: 'Grüße', body: '# Grüße\n' });
  });

  it('refuses what is no text, and says at which line', () => {
    expect(() => read(Buffer.from('a\nGr\xfc\xdfe', 'latin1'))).toThrow(ImportRefusedError);
    expect(() => read(Buffer.from('a\nGr\xfc\xdfe', 'latin1'))).toThrow(
      'not valid UTF-8 text: line 2, byte 4; save the file as UTF-8',
    );
  });

  it('counts the body without its front matter against the limit', () => {
    const full = `---\ntitle: A\n---\n${'x'.repeat(limits.maxNoteBytes)}`;
    expect(note(full).body).toHaveLength(limits.maxNoteBytes);
    expect(read(`${full}x`)).toEqual({
      problem: {
        file: 'folder/My file.md',
        line: null,
        detail: 'the text is larger than a note may be: 1048577 bytes, at most 1048576',
      },
    });
  });
});

describe('the documents of all installed packages', () => {
  const modules = join(root, 'node_modules');
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?:^|[/\\])readme[^/\\]*\.md$/i.test(file),
  );

  it('are read without loss', () => {
    expect(files.length).toBeGreaterThan(300);
    for (const file of files) {
      const bytes = readFileSync(join(modules, file));
      const text = cleanText(bytes.toString('utf8').replace(/^\ufeff/, ''));
      const { title, body } = note(bytes, { file });
      expect(title).toMatch(/\S/);
      expect(body ?? '').toBe(text.trim() ? splitFrontMatter(text).body : '');
    }
  });
});
