import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { MTIME, rawZip, zipOf } from '../../../test/fixtures/markdown/zips';
import { ImportEntry, ImportFormat, ImportLimits } from './import-entry';
import { checkImport, readImport } from './read-import';

const limits: ImportLimits = {
  maxNoteBytes: 50_000,
  maxEntries: 200,
  maxExpandedBytes: 2e9,
  maxCompressionRatio: 200,
  maxTags: 100,
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sourceOf = async (bytes: Buffer, format: ImportFormat) => {
  const path = join(folder, 'upload');
  await writeFile(path, bytes);
  return { path, fileName: 'notes.zip', format };
};

const check = async (bytes: Buffer, format: ImportFormat = 'auto', own: Partial<ImportLimits> = {}) =>
  checkImport(await sourceOf(bytes, format), { ...limits, ...own });

const read = async (
  bytes: Buffer,
  format: ImportFormat = 'auto',
  own: Partial<ImportLimits> = {},
): Promise<ImportEntry[]> => {
  const entries: ImportEntry[] = [];
  for await (const entry of readImport(await sourceOf(bytes, format), { ...limits, ...own })) entries.push(entry);
  return entries;
};

const problem = (file: string, detail: unknown, line: number | null = null) => ({ problem: { file, line, detail } });

describe('a zip of Markdown files', () => {
  it('gives a note for each, in the order of the zip, with its folders and its time', async () => {
    const bytes = await zipOf({
      'z.md': '# Last',
      'A/B, c/note.markdown': 'text',
      'A/a.txt': '---\ntags: [a]\nupdated: 2021-01-01\n---\n',
    });
    expect(await check(bytes)).toEqual({ format: 'markdown', container: 'zip', entries: 3 });
    const plain = { url: null, createdAt: null, pinned: false, archived: false, line: null };
    expect(await read(bytes)).toEqual([
      { note: { ...plain, title: 'Last', body: '# Last', tags: [], folders: [], updatedAt: MTIME, file: 'z.md' } },
      {
        note: {
          ...plain,
          title: 'note',
          body: 'text',
          tags: [],
          folders: ['A', 'B, c'],
          updatedAt: MTIME,
          file: 'A/B, c/note.markdown',
        },
      },
      {
        note: {
          ...plain,
          title: 'a',
          body: null,
          tags: ['a'],
          folders: ['A'],
          updatedAt: new Date('2021-01-01T00:00:00Z'),
          file: 'A/a.txt',
        },
      },
    ]);
  });

  it('leaves out the one folder that holds everything, and keeps the one below', async () => {
    const bytes = await zipOf({
      'Vault/A/a.md': '',
      'Vault/b.md': '',
      '__MACOSX/Vault/._a.md': '',
      '.obsidian/x.json': '',
    });
    expect(await read(bytes)).toMatchObject([
      { note: { file: 'Vault/A/a.md', folders: ['A'] } },
      { note: { file: 'Vault/b.md', folders: [] } },
    ]);
    const two = await zipOf({ 'Vault/a.md': '', 'Other/b.md': '' });
    expect(await read(two)).toMatchObject([{ note: { folders: ['Vault'] } }, { note: { folders: ['Other'] } }]);
  });

  it('passes over directories, hidden files and those of macOS, and names every other file that it does not read', async () => {
    const ignored = {
      'folder/': '',
      '.DS_Store': '',
      'folder/.hidden.md': '',
      '.trash/a.md': '',
      '__MACOSX/a.md': '',
    };
    const bytes = await zipOf({ ...ignored, 'folder/image.png': '', 'inner.zip': '', 'page.html': '', 'a.md': '' });
    expect(await check(bytes)).toMatchObject({ entries: 4 });
    expect(await read(bytes)).toEqual([
      problem('folder/image.png', 'not a Markdown file'),
      problem('inner.zip', 'not a Markdown file'),
      problem('page.html', 'not a Markdown file'),
      { note: expect.objectContaining({ title: 'a' }) },
    ]);
  });

  it('reads names in UTF-8, said or not, and in code page 437, with either slash', async () => {
    const bytes = rawZip([
      { name: Buffer.from('Gr\u0075\u0308\u00dfe.md'), flags: 0x800 },
      { name: Buffer.from('Grüße.md') },
      { name: Buffer.from([0x47, 0x72, 0x81, 0xe1, 0x65, 0x2e, 0x6d, 0x64]) },
      { name: './a\\b/./c.md' },
    ]);
    expect((await read(bytes)).map((entry) => ('note' in entry ? entry.note.title : entry))).toEqual([
      'Grüße',
      'Grüße',
      'Grüße',
      'c',
    ]);
    expect((await read(bytes))[3]).toMatchObject({ note: { file: 'a/b/c.md', folders: ['a', 'b'] } });
  });

  it('gives no time to a file of which the zip knows none', async () => {
    expect(await read(rawZip([{ name: 'a.md' }]))).toMatchObject([{ note: { updatedAt: null } }]);
  });

  it('keeps two files of the same name', async () => {
    const bytes = rawZip([
      { name: 'a.md', content: 'one' },
      { name: 'a.md', content: 'two', method: 0 },
    ]);
    expect(await read(bytes)).toMatchObject([{ note: { body: 'one' } }, { note: { body: 'two' } }]);
  });

  it('goes on after a file that cannot be read, and says why', async () => {
    const good = deflateRawSync(Buffer.from('text'));
    const bytes = rawZip([
      { name: 'latin1.md', content: Buffer.from('a\n\xfc', 'latin1') },
      { name: 'large.md', content: 'x'.repeat(50_001) },
      { name: 'huge.md', content: 'x'.repeat(300_000) },
      { name: 'link.md', content: '/etc/passwd', externalAttributes: (0o120777 << 16) >>> 0 },
      { name: 'checksum.md', content: 'text', checksum: 1 },
      { name: 'short.md', content: 'text', size: 5 },
      { name: 'cut.md', content: 'text', compressed: good.subarray(0, 3) },
      { name: 'garbage.md', content: 'text', compressed: Buffer.from([0xff, 0xff]) },
      { name: 'lzma.md', content: 'text', method: 14 },
      { name: 'good.md', content: 'text' },
    ]);
    const damaged = expect.stringMatching(/^damaged/);
    expect(await read(bytes)).toEqual([
      problem('latin1.md', expect.stringMatching(/^not valid UTF-8 text: line 2, byte 2;/), 2),
      problem('large.md', expect.stringMatching(/50001 bytes, at most 50000$/)),
      problem('huge.md', expect.stringMatching(/300000 bytes, at most 50000$/)),
      problem('link.md', 'a symbolic link is not followed'),
      problem('checksum.md', damaged),
      problem('short.md', damaged),
      problem('cut.md', damaged),
      problem('garbage.md', damaged),
      problem('lzma.md', 'damaged zip: unsupported compression method 14'),
      { note: expect.objectContaining({ title: 'good', body: 'text' }) },
    ]);
  });

  it('can be left at any entry', async () => {
    const source = await sourceOf(await zipOf({ 'a.md': 'a', 'b.md': 'b' }), 'auto');
    for await (const entry of readImport(source, limits)) {
      expect(entry).toMatchObject({ note: { title: 'a' } });
      break;
    }
  });
});

describe('a zip of bookmarks files', () => {
  const html = '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DT><A HREF="https://example.com/">Example</A>\n';

  it('is read file by file', async () => {
    const bytes = await zipOf({
      'a.html': html,
      'b/c.htm': html.repeat(3000),
      'page.html': '<p>Page',
      'a.png': 'x',
      'bad.html': Buffer.from(`${html.repeat(3000)}\xff`, 'latin1'),
    });
    expect(await check(bytes)).toEqual({ format: 'netscape', container: 'zip', entries: null });
    const entries = await read(bytes);
    expect(entries).toHaveLength(3004);
    expect(entries[0]).toMatchObject({ note: { title: 'Example', file: 'a.html', line: 2, tags: [] } });
    expect(entries[3000]).toMatchObject({ note: { file: 'b/c.htm', line: 6000 } });
    expect(entries.slice(3001)).toEqual([
      problem('page.html', 'not a bookmarks file'),
      problem('a.png', 'not a bookmarks file'),
      problem('bad.html', expect.stringMatching(/^not valid UTF-8 text: line 6001,/), 6001),
    ]);
  });

  it('is read of a mixed zip when that is asked for', async () => {
    const bytes = await zipOf({ 'a.html': html, 'b.md': 'text' });
    expect(await read(bytes, 'netscape')).toMatchObject([
      { note: { title: 'Example' } },
      problem('b.md', 'not a bookmarks file'),
    ]);
    expect(await read(bytes)).toMatchObject([problem('a.html', 'not a Markdown file'), { note: { title: 'b' } }]);
  });
});
