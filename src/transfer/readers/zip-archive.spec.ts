import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawZip, zipOf } from '../../../test/fixtures/markdown/zips';
import { ImportFormat, ImportLimits, ImportRefusedError } from './import-entry';
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

const check = async (bytes: Buffer, own: Partial<ImportLimits> = {}, format: ImportFormat = 'auto') =>
  checkImport(await sourceOf(bytes, format), { ...limits, ...own });

const read = async (bytes: Buffer, own: Partial<ImportLimits> = {}, format: ImportFormat = 'auto'): Promise<number> => {
  let count = 0;
  for await (const _entry of readImport(await sourceOf(bytes, format), { ...limits, ...own })) count += 1;
  return count;
};

/** What `checkImport` and `readImport` answer or throw. */
const refusals = async (...given: Parameters<typeof check>): Promise<unknown[]> => [
  await check(...given).catch((error: unknown) => error),
  await read(...given).catch((error: unknown) => error),
];

const refused = (code: string, detail: RegExp): unknown[] => {
  const refusal = expect.objectContaining({
    constructor: ImportRefusedError,
    code,
    message: expect.stringMatching(detail),
  });
  return [refusal, refusal];
};

describe('a zip that is refused whole', () => {
  it.each([
    '../a.md',
    'a/../../b.md',
    'a\\..\\b.md',
    '/etc/a.md',
    '\\a.md',
    'C:\\a.md',
    'c:a.md',
    'a\0.md',
    '__MACOSX/../a.md',
  ])('is one with the unsafe path %j', async (name) => {
    const bytes = rawZip([{ name: 'good.md' }, { name }]);
    expect(await refusals(bytes)).toEqual(refused('zip-unsafe-path', /^the zip holds an unsafe path: /));
  });

  it('is an encrypted one', async () => {
    const weak = rawZip([{ name: 'a.md', flags: 1 }]);
    expect(await refusals(weak)).toEqual(refused('zip-encrypted', /^the zip is encrypted: a\.md$/));
    const strong = rawZip([{ name: 'a.md', flags: 0x41 }]);
    expect(await refusals(strong)).toEqual(refused('zip-encrypted', /^the zip is encrypted$/));
  });

  it('is one that declares too many bytes, or too many for its size', async () => {
    const many = rawZip(Array.from({ length: 9 }, (_, index) => ({ name: `${index}.md`, size: 2 ** 20 })));
    expect(await refusals(many, { maxExpandedBytes: 8e6 })).toEqual(refused('zip-bomb', /more than 8000000 bytes$/));
    const dense = rawZip([{ name: 'a.bin', size: 11 * 2 ** 20 }, { name: 'a.md' }]);
    expect(await refusals(dense)).toEqual(refused('zip-bomb', /more than 200 times its size$/));
    const small = rawZip([{ name: 'a.md', size: 9 * 2 ** 20 }]);
    expect(await check(small)).toMatchObject({ entries: 1 });
  });

  it.each([
    ['a Markdown file', rawZip([{ name: 'a.md', content: Buffer.alloc(50 * 2 ** 20), size: 100 }])],
    ['a file that is only stored', rawZip([{ name: 'a.md', content: 'x'.repeat(200), size: 100, method: 0 }])],
    ['a bookmarks file', rawZip([{ name: 'a.html', content: Buffer.alloc(2 ** 20), size: 100 }])],
  ])('is one in which %s expands to more than is declared', async (_name, bytes) => {
    const [checked, reading] = await refusals(bytes);
    expect(checked).toMatchObject({ container: 'zip' });
    expect([reading, reading]).toEqual(
      refused('zip-bomb', /^a\.\w+ expands to more than the 100 bytes that the zip says$/),
    );
  });

  it('is one of too many files', async () => {
    const bytes = rawZip(Array.from({ length: 201 }, (_, index) => ({ name: `${index}.md` })));
    expect(await refusals(bytes)).toEqual(refused('too-large', /more than 200 files$/));
  });

  it('is one that counts fewer files than it has', async () => {
    const bytes = rawZip([{ name: 'a.md' }, { name: 'b.md' }], 1);
    expect(await refusals(bytes)).toEqual(refused('zip-damaged', /more files than its directory counts$/));
  });

  it('is a damaged one', async () => {
    const cut = (await zipOf({ 'a.md': 'text', 'b.md': 'text' })).subarray(0, -30);
    expect(await refusals(cut)).toEqual(refused('zip-damaged', /^damaged zip: /));
    expect(await refusals(rawZip([{ name: 'a.md' }], 2))).toEqual(refused('zip-damaged', /^damaged zip: /));
  });

  it('is one without files', async () => {
    const expected = refused('empty', /^the zip holds no files$/);
    expect(await refusals(await zipOf({}))).toEqual(expected);
    expect(await refusals(await zipOf({ '.DS_Store': 'x' }))).toEqual(expected);
  });

  it('is one without files of the format', async () => {
    const noMarkdown = refused('unsupported-type', /^the zip holds no Markdown file/);
    expect(await refusals(await zipOf({ 'a.png': 'x', 'inner.zip': 'x' }))).toEqual(noMarkdown);
    expect(await refusals(await zipOf({ 'a.html': 'x' }), {}, 'markdown')).toEqual(noMarkdown);
    const noBookmarks = refused('unsupported-type', /^the zip holds no bookmarks file/);
    expect(await refusals(await zipOf({ 'a.md': 'x' }), {}, 'netscape')).toEqual(noBookmarks);
  });
});
