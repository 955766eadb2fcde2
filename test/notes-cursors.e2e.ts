import { startTestApp, type TestApp } from './support/app';
import { Notes, type ListPage, type ProblemBody } from './support/notes';

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  for (const title of ['one', 'two', 'three', 'four'])
    await notes.create({ title, body: 'word', tags: [title, 'all'] });
});

afterAll(() => app.close());

const LISTS = [
  ...['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'title', '-title'].map((sort) => `/notes?sort=${sort}`),
  '/notes?tag=all&sort=title',
  '/notes?q=word',
  '/notes?q=word&sort=title',
  '/tags',
];

/** What does not belong where it stands in a cursor, whatever its type. */
const WRONG = [
  null,
  true,
  [],
  {},
  0,
  -1,
  1e308,
  1e-300,
  '',
  '\0',
  '\uD83D',
  'infinity',
  '0000-01-01T00:00:00.000Z',
  '2024-02-30T00:00:00.000Z',
  '-004714-01-01T00:00:00.000Z',
  '+294277-01-01T00:00:00.000Z',
  "'; drop table notes; --",
  '00000000-0000-0000-0000-00000000000g',
  'x'.repeat(1_000),
];

type Values = unknown[];

const read = (cursor: string): Values => JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Values;
const write = (values: unknown): string => Buffer.from(JSON.stringify(values)).toString('base64url');

async function pageOf(list: string, cursor?: string): Promise<{ status: number; body: ListPage & ProblemBody }> {
  const separator = list.includes('?') ? '&' : '?';
  const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  return app.client.get(`/api/v1${list}${separator}limit=1${after}`, { token: notes.user.token });
}

async function firstCursor(list: string): Promise<string> {
  const { body } = await pageOf(list);
  return body.page.nextCursor ?? '';
}

describe.each(LISTS)('a cursor of %s', (list) => {
  it('gives the next page, and the same one again', async () => {
    const cursor = await firstCursor(list);
    const [first, second, again] = [await pageOf(list), await pageOf(list, cursor), await pageOf(list, cursor)];
    expect(second.body.data[0]?.id).not.toBe(first.body.data[0]?.id);
    expect(again.body).toEqual(second.body);
  });

  it('is refused when it was tampered with, and is never an error of the server', async () => {
    const values = read(await firstCursor(list));
    for (const [at, value] of values.entries()) {
      for (const wrong of WRONG) {
        const { status, body } = await pageOf(list, write(values.with(at, wrong)));
        // Another value of the right type is another place in the list.
        if (typeof wrong === typeof value && status === 200) continue;
        expect([at, wrong, status, body.type]).toEqual([at, wrong, 400, 'urn:commonplace:problem:malformed-request']);
      }
    }
    for (const wrong of [values.slice(0, -1), [...values, 1], [values], values.slice(1), 'x', 5]) {
      expect((await pageOf(list, write(wrong))).status).toBe(400);
    }
  });

  it('is refused when it is cut off, made up or huge', async () => {
    const cursor = await firstCursor(list);
    for (const wrong of [
      cursor.slice(0, -4),
      cursor.slice(4),
      '',
      'abc',
      '%00',
      '\0',
      '👍',
      'A'.repeat(2_001),
      'A'.repeat(9_000),
    ]) {
      const { status } = await pageOf(list, wrong);
      expect([wrong.slice(0, 50), status]).toEqual([wrong.slice(0, 50), 400]);
    }
  });

  it('is refused by every other list', async () => {
    const cursor = await firstCursor(list);
    for (const other of LISTS.filter((name) => name !== list))
      expect([other, (await pageOf(other, cursor)).status]).toEqual([other, 400]);
  });
});

describe('a cursor of a query', () => {
  it.each([
    ['/notes?q=word', '/notes?q=words'],
    ['/notes?q=word&sort=title', '/notes?q=words&sort=title'],
    ['/notes?q=word', '/notes'],
    ['/notes', '/notes?tag=all'],
    ['/notes?tag=all', '/notes?tag=all&tag=one'],
    ['/notes', '/notes?trashed=false'],
  ])('%s is refused by %s', async (list, other) => {
    const cursor = await firstCursor(list);
    expect((await pageOf(list, cursor)).status).toBe(200);
    expect((await pageOf(other, cursor)).body.type).toBe('urn:commonplace:problem:malformed-request');
  });

  it('shows nothing of another user', async () => {
    const stranger = await Notes.signUp(app.client);
    for (const list of LISTS) {
      const cursor = await firstCursor(list);
      const answer = await app.client.get<ListPage>(`/api/v1${list}${list.includes('?') ? '&' : '?'}cursor=${cursor}`, {
        token: stranger.user.token,
      });
      expect([list, answer.status, answer.body.data]).toEqual([list, 200, []]);
    }
  });
});
