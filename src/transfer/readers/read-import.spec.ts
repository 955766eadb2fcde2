import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportEntry, ImportFormat, ImportLimits, ImportRefusedError } from './import-entry';
import { checkImport, readImport } from './read-import';

const limits: ImportLimits = {
  maxNoteBytes: 50_000,
  maxEntries: 10,
  maxExpandedBytes: 1e9,
  maxCompressionRatio: 200,
  maxTags: 100,
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sourceOf = async (content: string | Buffer, fileName: string, format: ImportFormat = 'auto') => {
  const path = join(folder, 'upload');
  await writeFile(path, content);
  return { path, fileName, format };
};

const check = async (content: string | Buffer, fileName: string, format?: ImportFormat) =>
  checkImport(await sourceOf(content, fileName, format), limits);

const read = async (content: string | Buffer, fileName: string, format?: ImportFormat): Promise<ImportEntry[]> => {
  const entries: ImportEntry[] = [];
  for await (const entry of readImport(await sourceOf(content, fileName, format), limits)) entries.push(entry);
  return entries;
};

/** What `checkImport` and `readImport` say against a file. */
const refusals = async (content: string | Buffer, fileName: string, format?: ImportFormat): Promise<unknown[]> => [
  await check(content, fileName, format).catch((error: unknown) => error),
  await read(content, fileName, format).catch((error: unknown) => error),
];

const refused = (code: string, detail: RegExp): unknown[] => {
  const refusal = expect.objectContaining({
    constructor: ImportRefusedError,
    code,
    message: expect.stringMatching(detail),
  });
  return [refusal, refusal];
};

const DOCTYPE = '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n';
const LINK = '<DT><A HREF="https://example.com/">Example</A>\n';
const MARKDOWN = { format: 'markdown', container: 'file', entries: 1 };
const NETSCAPE = { format: 'netscape', container: 'file', entries: null };

describe('checkImport', () => {
  it.each([
    ['a bookmarks file of any name', `${DOCTYPE}${LINK}`, 'notes.md', NETSCAPE],
    ['a bookmarks file without a bookmark', DOCTYPE, 'b.html', NETSCAPE],
    [
      'a bookmarks file with comments, blanks and a byte order mark first',
      `\ufeff\n<!-- a --> <!---->\n${DOCTYPE}`,
      'b.html',
      NETSCAPE,
    ],
    [
      'a list of Pocket',
      '<!DOCTYPE html><html><body><h1>Unread</h1><ul><li><a href="https://x/">x</a></li></ul>',
      'ril_export.html',
      NETSCAPE,
    ],
    ['a list without a doctype', `<DL><p>${LINK}</DL>`, 'b.htm', NETSCAPE],
    ['a bookmarks file in UTF-16', Buffer.from(`\ufeff${DOCTYPE}`, 'utf16le'), 'b.html', NETSCAPE],
    ['Markdown that begins with HTML', `<h1><img src="x"></h1>\n<ul><li><a href="x">x</a></ul>`, 'README.md', MARKDOWN],
    ['a text', 'Just text', 'notes.txt', MARKDOWN],
    ['a text that talks about bookmarks', `Begin with ${DOCTYPE}${LINK}`, 'notes.txt', MARKDOWN],
    ['a text without an ending', 'Just text', 'notes', MARKDOWN],
    ['a text in UTF-16', Buffer.from('\ufeffText', 'utf16le'), 'a.txt', MARKDOWN],
  ])('knows %s', async (_name, content, fileName, expected) => {
    expect(await check(content, fileName)).toEqual(expected);
  });

  it('takes any text for Markdown when that is asked for', async () => {
    expect(await check('a,b\n', 'table.csv', 'markdown')).toEqual(MARKDOWN);
    expect(await check('<html><p>Page', 'page.html', 'markdown')).toEqual(MARKDOWN);
  });

  it('looks at the encoding of the beginning only, and does not mind a character at its border', async () => {
    const long = Buffer.from(`${DOCTYPE}${'€'.repeat(30_000)}`);
    expect(await check(long, 'b.html')).toEqual(NETSCAPE);
    expect(await check(Buffer.concat([long, Buffer.from([0xff])]), 'b.html')).toEqual(NETSCAPE);
  });
});

describe('checkImport and readImport', () => {
  it.each([
    ['a PDF', Buffer.from('%PDF-1.7\n')],
    ['a PNG image', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a JPEG image', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['a 7z archive', Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1')],
    ['a RAR archive', Buffer.from('Rar!\x1a\x07')],
    ['a binary file', Buffer.from('text\0text')],
  ])('refuse %s, whatever its name, and say what is accepted', async (name, content) => {
    const expected = refused(
      'unsupported-type',
      new RegExp(`^this is ${name}; a zip of Markdown files, .* are accepted$`),
    );
    expect(await refusals(content, 'a.md')).toEqual(expected);
    expect(await refusals(content, 'bookmarks.html')).toEqual(expected);
  });

  it('refuse a web page that is no bookmarks file', async () => {
    const expected = refused('unsupported-type', /^this is a web page without bookmarks/);
    expect(await refusals('<!doctype html><html><p>A page', 'page.html')).toEqual(expected);
  });

  it('refuse other kinds of text', async () => {
    const expected = refused('unsupported-type', /^a file of type \.json cannot be imported/);
    expect(await refusals('{"a": 1}', 'notes.json')).toEqual(expected);
  });

  it.each(['', '\ufeff', ' \n\n'])('refuse the empty file %j', async (content) => {
    expect(await refusals(content, 'a.md')).toEqual(refused('empty', /^the file is empty$/));
  });

  it('refuse content that is not of the format that was asked for', async () => {
    const notMarkdown = refused('unsupported-type', /^this is a bookmarks file, not a Markdown/);
    expect(await refusals(DOCTYPE, 'b.html', 'markdown')).toEqual(notMarkdown);
    const notNetscape = refused('unsupported-type', /^this is a Markdown or text file, not a bookmarks file/);
    expect(await refusals('# Text', 'a.md', 'netscape')).toEqual(notNetscape);
  });

  it('refuse a single file that is not UTF-8', async () => {
    const bytes = Buffer.from('Gr\xfc\xdfe', 'latin1');
    expect(await refusals(bytes, 'a.md')).toEqual(
      refused('invalid-encoding', /^not valid UTF-8 text: line 1, byte 2;/),
    );
    const bookmarks = Buffer.concat([Buffer.from(DOCTYPE), bytes]);
    expect(await refusals(bookmarks, 'b.html')).toEqual(refused('invalid-encoding', /line 2, byte 38;/));
  });

  it('refuse a single Markdown file that is far too large', async () => {
    const expected = refused('too-large', /300000 bytes, at most 50000$/);
    expect(await refusals('x'.repeat(300_000), 'a.md')).toEqual(expected);
  });
});

describe('readImport', () => {
  it('reads a text that begins with many blanks', async () => {
    expect(await read(`${'\n'.repeat(70_000)}# Title\n`, 'a.md', 'auto')).toMatchObject([
      { problem: { file: 'a.md' } },
    ]);
    expect(await check(`${'\n'.repeat(70_000)}# Title\n`, 'a.md')).toEqual(MARKDOWN);
  });

  it('reads a single Markdown file', async () => {
    expect(await read('# Title\ntext', 'My notes.txt')).toMatchObject([
      { note: { title: 'Title', file: 'My notes.txt', line: null } },
    ]);
  });

  it('honours the encoding that a bookmarks file declares', async () => {
    const html = `${DOCTYPE}<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1252">\n<DT><A HREF="https://example.com/">\x93Gr\xfc\xdfe\x94</A>`;
    expect(await read(Buffer.from(html, 'latin1'), 'b.html')).toMatchObject([{ note: { title: '“Grüße”', line: 3 } }]);
    const utf16 = Buffer.from(`\ufeff${DOCTYPE}${LINK}`, 'utf16le');
    expect(await read(utf16, 'b.html')).toMatchObject([{ note: { title: 'Example', line: 2 } }]);
  });

  it('gives no bookmark of a file that turns out not to be text, however late', async () => {
    const bytes = Buffer.concat([Buffer.from(DOCTYPE + LINK.repeat(5000)), Buffer.from([0xff])]);
    const entries: ImportEntry[] = [];
    const reading = (async () => {
      for await (const entry of readImport(await sourceOf(bytes, 'b.html'), limits)) entries.push(entry);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'invalid-encoding', line: 5002 });
    expect(entries).toEqual([]);
  });

  it('gives the same entries at every reading', async () => {
    const html = DOCTYPE + LINK.repeat(3000);
    expect(await read(html, 'b.html')).toEqual(await read(html, 'b.html'));
  });

  it('passes on a fault of the disk as it is, not as a fault of the file', async () => {
    const missing = { path: join(folder, 'missing'), fileName: 'a.md', format: 'auto' } as const;
    await expect(checkImport(missing, limits)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
