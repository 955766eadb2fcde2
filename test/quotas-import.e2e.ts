import { startTestApp, type TestApp } from './support/app';
import { finishedJob, type ImportJob, upload } from './support/imports';
import { type ListPage, type Note, Notes } from './support/notes';
import { type Stored, storedOf } from './support/quotas';

let server: TestApp;
let notes: Notes;

beforeAll(async () => {
  server = await startTestApp({ environment: { USER_NOTE_LIMIT: '10', USER_BYTE_LIMIT: '2000' } });
});

beforeEach(async () => {
  notes = await Notes.signUp(server.client);
});

afterAll(() => server.close());

const stored = (): Promise<Stored> => storedOf(server, notes.user);

interface Bookmark {
  url: string;
  title: string;
}

const bookmark = (at: number, title = 'x'): Bookmark => ({ url: `https://example.org/${at}`, title });

async function importAll(bookmarks: Bookmark[]): Promise<ImportJob> {
  const lines = bookmarks.map(({ url, title }) => `<DT><A HREF="${url}">${title}</A>`);
  const file = `<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n${lines.join('\n')}\n</DL>`;
  const { token } = notes.user;
  return finishedJob(server.client, token, await upload(server.client, token, file, 'bookmarks.html'));
}

async function titlesOf(): Promise<(string | null)[]> {
  const { data } = await notes.list<Note>('limit=100');
  return data.map(({ title }) => title).toSorted();
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);

describe('an import', () => {
  it('keeps the notes that fit, and refuses each of the others with the limit', async () => {
    await notes.create({ title: 'before' });
    const job = await importAll(upTo(13).map((at) => bookmark(at)));
    expect(job).toMatchObject({ status: 'completed', result: { created: 9, skipped: 0, refused: 4 } });
    expect(job.result.problems.map(({ line }) => line)).toEqual([12, 13, 14, 15]);
    expect(new Set(job.result.problems.map(({ detail }) => detail))).toEqual(
      new Set(['The account may keep 10 notes, those in the trash too, and has 10: this would be more']),
    );
    expect(await stored()).toMatchObject({ kept: [10, expect.any(Number)], seq: 10 });
    expect((await stored()).kept).toEqual((await stored()).counted);
  });

  it('skips what is there, which takes no room', async () => {
    await importAll(upTo(10).map((at) => bookmark(at)));
    const { result } = await importAll(upTo(12).map((at) => bookmark(at)));
    expect(result).toMatchObject({ created: 0, skipped: 10, refused: 2 });
    expect((await stored()).kept[0]).toBe(10);
  });

  it('refuses what is the same as something refused, since it is not there', async () => {
    await importAll(upTo(10).map((at) => bookmark(at)));
    const { result } = await importAll([bookmark(1), bookmark(11), bookmark(11), bookmark(2)]);
    expect(result).toMatchObject({ created: 0, skipped: 2, refused: 2 });
  });

  it('passes over the notes that are too large, and adds smaller ones after them', async () => {
    const given = [bookmark(1, 'a'.repeat(400)), bookmark(2, 'ä'.repeat(400)), bookmark(3, 'x'.repeat(450))];
    const large: Bookmark = { url: `https://example.org/${'4'.repeat(300)}`, title: 'y'.repeat(450) };
    const rest = [bookmark(5, 'small'), large, bookmark(1, 'again'), bookmark(6, 'z'.repeat(300)), bookmark(7, 'last')];
    const job = await importAll([...given, large, ...rest]);
    expect(job).toMatchObject({ status: 'completed', result: { created: 5, skipped: 1, refused: 3 } });
    const url = 'https://example.org/1'.length;
    const used = [400 + 800 + 450 + 3 * url, 400 + 800 + 450 + 'small'.length + 4 * url];
    const details = [used[0], used[0], used[1]].map(
      (has) => `The account may keep 2000 bytes of notes, those in the trash too, and has ${has}: this would be more`,
    );
    expect(job.result.problems.map((problem) => problem.detail)).toEqual(details);
    const all = (used[1] ?? 0) + 'last'.length + url;
    expect(await stored()).toEqual({ kept: [5, all], counted: [5, all], seq: 5 });
    expect(await titlesOf()).toEqual(expect.arrayContaining(['small', 'last']));
  });

  it('beside writes of the user takes no more than there is room for', async () => {
    const [first, second, ...answers] = await Promise.all([
      importAll(upTo(8).map((at) => bookmark(at))),
      importAll(upTo(8).map((at) => bookmark(100 + at))),
      ...upTo(6).map((at) => notes.send<ListPage>('POST', '', { title: `t${at}` })),
    ]);
    const made = answers.filter(({ status }) => status === 201).length;
    expect(first.result.created + second.result.created + made).toBe(10);
    expect(answers.every(({ status }) => [201, 422].includes(status))).toBe(true);
    const { kept, counted, seq } = await stored();
    expect([kept, kept[0], seq]).toEqual([counted, 10, 10]);
  });
});

describe('the counters', () => {
  /** The same sequence at every run. */
  function randomness(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  it('are a recount, and within the limits, whatever is done in which order', async () => {
    const random = randomness(7);
    const ids: string[] = [];
    const text = (): string => 'aä€😀'.repeat(random(40)).slice(random(3));
    const idOf = (): string => ids[random(ids.length)] ?? '';
    const operations: (() => Promise<number>)[] = [
      async () => {
        const { status, body } = await notes.send('POST', '', { title: `t${random(9)}`, body: text(), tags: ['x'] });
        if (status === 201) ids.push(body.id);
        return status;
      },
      async () => (await notes.send('POST', '', { url: `https://example.org/${random(5)}` })).status,
      async () => (await notes.send('PATCH', `/${idOf()}`, { body: text(), pinned: random(2) === 0 })).status,
      async () => (await notes.send('DELETE', `/${idOf()}`)).status,
      async () => (await notes.send('POST', `/${idOf()}/restore`)).status,
      async () => {
        const { result } = await importAll(upTo(1 + random(3)).map(() => bookmark(random(30), text())));
        return result.created > 0 ? 201 : 422;
      },
    ];
    const statuses = new Map<number, number>();
    await notes.create({ title: 'there is one' }).then(({ id }) => ids.push(id));
    for (let round = 0; round < 60; round += 1) {
      const two = [0, 1].map(() => operations[random(operations.length)]?.() ?? 0);
      for (const status of await Promise.all(two)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const { kept, counted } = await stored();
      expect([round, kept]).toEqual([round, counted]);
      expect([kept[0] ?? 11, kept[1] ?? 2001].map((used, at) => used <= ([10, 2000][at] ?? 0))).toEqual([true, true]);
    }
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 204, 409, 422]));
    expect([...statuses.keys()].filter((status) => status >= 500 || status === 0)).toEqual([]);
  });
});
