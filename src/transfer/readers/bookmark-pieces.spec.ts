import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImportEntry, ImportLimits } from './import-entry';
import { readNetscape } from './netscape-reader';

const folder = join(__dirname, '../../../test/fixtures/bookmarks');
const limits: ImportLimits = {
  maxNoteBytes: 1e6,
  maxEntries: 10,
  maxExpandedBytes: 1e9,
  maxCompressionRatio: 200,
  maxTags: 100,
};

/** Pieces of 1 to `most` bytes, the same at every run. */
async function* cut(bytes: Buffer, most: number): AsyncGenerator<Buffer> {
  let seed = most;
  for (let at = 0; at < bytes.length;) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const size = 1 + (seed % most);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const read = async (chunks: AsyncIterable<Buffer>): Promise<ImportEntry[]> => {
  const entries: ImportEntry[] = [];
  for await (const entry of readNetscape(chunks, 'utf-8', 'b.html', limits)) entries.push(entry);
  return entries;
};

describe('readNetscape', () => {
  it.each(readdirSync(folder))('gives the same entries of %s for pieces of any size', async (file) => {
    const bytes = Buffer.concat([Buffer.from('\ufeff'), await readFile(join(folder, file))]);
    const expected = await read(cut(bytes, bytes.length * 1000));
    expect(expected.length).toBeGreaterThan(2);
    for (const most of [1, 2, 3, 5, 17, 100, 1000]) expect(await read(cut(bytes, most))).toEqual(expected);
  });
});

describe('a broken bookmarks file', () => {
  it('loses none of its bookmarks', async () => {
    const entries = await read(cut(await readFile(join(folder, 'broken.html')), 100));
    const found = entries.map((entry) => {
      if ('problem' in entry) return [entry.problem.line, entry.problem.detail];
      const { line, title, url, tags, folders } = entry.note;
      return [line, title, url?.replace('https://example.com/', ''), [...tags, ...folders].join()];
    });
    const refused = 'only http and https addresses are kept: ';
    expect(found).toEqual([
      [7, 'Without DT & quotes', 'unquoted', 'a,b'],
      [10, 'One', '1', 'Never closed'],
      [11, 'Two <script> in a title', '2', 'Never closed'],
      [14, 'Three', '3', 'Never closed'],
      [15, 'the link has no address'],
      [16, 'the link has no address'],
      [17, 'not a complete web address: relative/page.html'],
      [18, `${refused}data:text/html,${'A'.repeat(65)}…`],
      [19, `${refused}file:///etc/passwd`],
      [20, 'Four&lt;\ufffd x', '4', 'Never closed'],
      [24, 'Five', '5', 'Never closed'],
      [26, 'Six', '6', 'Never closed'],
      [27, 'Cut off in the midd', '7', 'Never closed'],
    ]);
    expect(entries[0]).toMatchObject({ note: { createdAt: new Date('2020-09-13T12:26:40Z') } });
    expect(entries[2]).toMatchObject({
      note: {
        body: 'Text with <i class="x">inline</i> html\nand a break\n\nand a paragraph\n  <ul><li>kept</li></ul>',
      },
    });
    expect(entries[9]).toMatchObject({ note: { createdAt: null, updatedAt: null } });
  });
});
