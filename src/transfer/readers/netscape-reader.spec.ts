import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ImportedNote, ImportEntry, ImportLimits, ImportRefusedError } from './import-entry';
import { readNetscape } from './netscape-reader';
import { readImport } from './read-import';

const limits: ImportLimits = {
  maxNoteBytes: 10_000,
  maxEntries: 10,
  maxExpandedBytes: 1e9,
  maxCompressionRatio: 200,
  maxTags: 100,
};

const DOCTYPE = '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n';

const read = async (html: string | string[], encoding = 'utf-8'): Promise<ImportEntry[]> => {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (const chunk of [html].flat()) yield Buffer.from(chunk, encoding === 'utf-8' ? 'utf8' : 'latin1');
  }
  const entries: ImportEntry[] = [];
  for await (const entry of readNetscape(chunks(), encoding, 'b.html', limits)) entries.push(entry);
  return entries;
};

const notes = async (html: string | string[]): Promise<ImportedNote[]> =>
  (await read(html)).flatMap((entry) => ('note' in entry ? [entry.note] : []));

const link = (name: string): string => `<DT><A HREF="https://example.com/${name}">${name}</A>\n`;

const numberedList = (name: string): string => `<h1>${name}</h1><ol><li><a href="https://example.com/">x</a></ol>`;

describe('readNetscape', () => {
  it('gives nothing for a file without bookmarks', async () => {
    expect(await read(`${DOCTYPE}<TITLE>Bookmarks</TITLE><H1>Bookmarks</H1><DL><p></DL><p>`)).toEqual([]);
  });

  it('gives the folders around a bookmark, from the outside in, and no others', async () => {
    const html = `<DL><p><DT><H3>A</H3><DL><p><DT><H3>B</H3><DL><p>${link('1')}</DL><p>${link('2')}</DL><p>${link('3')}</DL><p>${link('4')}`;
    expect((await notes(html)).map(({ folders }) => folders)).toEqual([['A', 'B'], ['A'], [], []]);
  });

  it('does not give a later list the name of a folder that has none', async () => {
    expect(
      (await notes(`<DL><DT><H3>A</H3>${link('1')}<DL>${link('2')}</DL></DL>`)).map(({ folders }) => folders),
    ).toEqual([[], []]);
  });

  it('looks at a hundred folders around a bookmark', async () => {
    const open = Array.from({ length: 300 }, (_, index) => `<DT><H3>${index}</H3><DL>`).join('');
    const [deep, less, none] = await notes(
      `<DL>${open}${link('1')}${'</DL>'.repeat(250)}${link('2')}${'</DL>'.repeat(50)}${link('3')}`,
    );
    expect([deep, less, none].map((note) => note?.folders.length)).toEqual([99, 50, 0]);
    expect(deep).toMatchObject({ body: null, tags: [] });
  });

  it('names the list of an H1 after it, as Instapaper does', async () => {
    const found = await notes(['Unread', 'My list', 'Archive'].map(numberedList).join('\n'));
    expect(found.map(({ folders, archived }) => [folders, archived])).toEqual([
      [[], false],
      [['My list'], false],
      [[], true],
    ]);
  });

  it('does not take the description of a folder for that of a bookmark', async () => {
    expect(await notes(`<DL>${link('1')}<DT><H3>A</H3><DD>about A<DL>${link('2')}</DL></DL>`)).toMatchObject([
      { body: null },
      { body: null },
    ]);
  });

  it('joins two descriptions and ends one at a separator', async () => {
    expect(await notes(`${link('1')}<DD>one<DD>two<HR>not this`)).toMatchObject([{ body: 'one\n\ntwo' }]);
    expect(await notes(`<dl><dt>${link('1')}</dt><dd>one</dd> between </dl>`)).toMatchObject([{ body: 'one' }]);
  });

  it('refuses a bookmark whose description is larger than a note may be, and goes on', async () => {
    const [first, second] = await read([link('1'), '<DD>', 'x'.repeat(6000), 'y'.repeat(6000), `\n${link('2')}`]);
    expect(first).toEqual({
      problem: { file: 'b.html', line: 1, detail: expect.stringMatching(/^the text is larger/) },
    });
    expect(second).toMatchObject({ note: { title: '2', line: 3 } });
  });

  it('swallows nothing after a tag in a title whose content browsers take as text', async () => {
    for (const tag of ['script', 'style', 'title', 'textarea', 'xmp', 'plaintext', 'iframe', 'svg', 'select']) {
      const found = await notes(`<DT><A HREF="https://example.com/">The <${tag}> tag</A>\n${link('2')}`);
      expect(found).toMatchObject([{ title: `The <${tag}> tag` }, { title: '2', line: 2 }]);
    }
  });

  it('says when the file ends in the middle of a tag', async () => {
    const [first, second] = await read(`${link('1')}<DT><A HREF="https://exam`);
    expect(first).toMatchObject({ note: { title: '1' } });
    expect(second).toEqual({ problem: { file: 'b.html', line: 2, detail: 'the file ends in the middle of a tag' } });
  });

  it('counts lines within tags and texts, whatever the line ends', async () => {
    const html = `<DL>\r\n<DT><A\r\nHREF="https://example.com/"\r\n>a\r\nb</A>\r\n<!-- \n\n --><DT><A HREF="https://example.com/">c</A>`;
    expect((await notes(html)).map(({ title, line }) => [title, line])).toEqual([
      ['a b', 2],
      ['c', 8],
    ]);
  });

  it('reads the encoding that it is told', async () => {
    expect(await read('<A HREF="https://example.com/">\xe4\x80</A>', 'windows-1252')).toMatchObject([
      { note: { title: 'ä€' } },
    ]);
  });

  it('reads a million unclosed tags on one line in time that grows with their number', async () => {
    const html = `${'<dl><b>'.repeat(500_000)}${link('1')}`;
    expect(await notes(html.match(/[^]{1,65536}/g) ?? [])).toMatchObject([{ title: '1', line: 1 }]);
  });

  it('refuses a tag that does not end, rather than keep it all in memory', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${link('1')}<!-- `);
      for (; given < 100; given += 1) yield Buffer.alloc(1024 * 1024, 'x');
    }
    const reading = async (): Promise<void> => {
      for await (const entry of readNetscape(endless(), 'utf-8', 'b.html', limits))
        expect(entry).toMatchObject({ note: { title: '1' } });
    };
    await expect(reading()).rejects.toMatchObject({ constructor: ImportRefusedError, code: 'too-large', line: 2 });
    expect(given).toBeLessThan(10);
  });

  it('reads no further than its caller goes', async () => {
    let given = 0;
    let closed = false;
    async function* chunks(): AsyncGenerator<Buffer> {
      try {
        for (; given < 100; given += 1) yield Buffer.from(link(String(given)));
      } finally {
        closed = true;
      }
    }
    for await (const entry of readNetscape(chunks(), 'utf-8', 'b.html', limits)) {
      if ('note' in entry && entry.note.title === '3') break;
    }
    expect(given).toBeLessThan(6);
    expect(closed).toBe(true);
  });
});

describe('a bookmarks file of 50 MB', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'import-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is read with the memory of a small one', async () => {
    const path = join(folder, 'large.html');
    const icon = 'A'.repeat(900);
    const file = createWriteStream(path);
    file.write(`${DOCTYPE}<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n`);
    const total = 50_000;
    for (let index = 0; index < total; index += 1) {
      const item = `<DT><A HREF="https://example.com/${index}" ADD_DATE="1600000000" TAGS="a,b" ICON="data:,${icon}">Title ${index}</A>\n<DD>Description of ${index}\n`;
      if (!file.write(item)) await once(file, 'drain');
    }
    file.end('</DL><p>\n');
    await once(file, 'close');
    expect(file.bytesWritten).toBeGreaterThan(50_000_000);

    setFlagsFromString('--expose-gc');
    const collectGarbage: unknown = runInNewContext('gc');
    const heapUsed = (): number => {
      if (typeof collectGarbage === 'function') collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = heapUsed();
    let most = 0;
    let count = 0;
    for await (const entry of readImport({ path, fileName: 'large.html', format: 'auto' }, limits)) {
      if ('note' in entry) count += 1;
      if (count % 10_000 === 0) most = Math.max(most, heapUsed() - before);
    }
    expect(count).toBe(total);
    expect(most).toBeLessThan(40 * 1024 * 1024);
  });
});
