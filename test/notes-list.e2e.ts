import { DataSource } from 'typeorm';
import type { ImportedFields } from '../src/notes/note-import';
import { NoteImport } from '../src/notes/note-import';
import { startTestApp, type TestApp } from './support/app';
import { type Answer, readAll } from './support/client';
import { type ListPage, NOTES, type Note, Notes } from './support/notes';

const TITLES = [
  null,
  'Zebra',
  'apple',
  'Äpfel',
  'apfel',
  'Éclair',
  'eclair',
  'ECLAIR',
  '日本',
  '\u{1F44D} up',
  'ﬁle',
  'a'.repeat(150),
  `${'a'.repeat(149)}b`,
  '',
  '_x',
];
const TAGS = ['red', 'Green', 'blue', 'Über'];
const SORTS = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'title', '-title'];

let app: TestApp;
let notes: Notes;
let model: Note[];

/** The same numbers in every run (Park and Miller). */
let seed = 7;
const random = (bound: number): number => (seed = (seed * 48271) % 2147483647) % bound;
const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  const stranger = await Notes.signUp(app.client);
  const own = await addMixedNotes(notes.user.userId);
  await addMixedNotes(stranger.user.userId);
  for (const id of own.filter((_, at) => at % 6 === 0)) await notes.trash(id);
  model = await Promise.all(own.map((id) => notes.read(id)));
});

afterAll(() => app.close());

const fewTimes = (): Date => new Date(Date.UTC(2024, random(3), 1 + random(2), 0, 0, 0, random(2)));

/** 90 notes of every kind, few times and titles among them: most have equals in every order. */
async function addMixedNotes(userId: string): Promise<string[]> {
  const made = Array.from({ length: 90 }, (_, at): ImportedFields => {
    const title = pick(TITLES) || null;
    const url = title === null || random(3) === 0 ? `https://example.org/${pick(['a', 'b'])}/${at}` : null;
    const tags = TAGS.filter(() => random(3) === 0);
    return {
      title,
      url,
      tags,
      body: `note ${at}`,
      pinned: random(4) === 0,
      archivedAt: random(4) === 0 ? fewTimes() : null,
      createdAt: fewTimes(),
      updatedAt: fewTimes(),
    };
  });
  const dataSource = app.app.get(DataSource);
  await dataSource.transaction((manager) => app.app.get(NoteImport).add(manager, userId, made));
  return (await dataSource.query<{ id: string }[]>('select id from notes where user_id = $1', [userId])).map(
    ({ id }) => id,
  );
}

/** What the contract says of one parameter, of a note. */
function passes(note: Note, name: string, value: string): boolean {
  switch (name) {
    case 'tag':
      return note.tags.some((tag) => tag.toLowerCase() === value.toLowerCase());
    case 'kind':
      return note.kind === value;
    case 'pinned':
      return String(note.pinned) === value;
    case 'archived':
      return String(note.archivedAt !== null) === value;
    case 'trashed':
      return String(note.deletedAt !== null) === value;
    case 'createdAfter':
    case 'updatedAfter':
      return Date.parse(name === 'createdAfter' ? note.createdAt : note.updatedAt) >= millisecondsOf(value);
    case 'createdBefore':
    case 'updatedBefore':
      return Date.parse(name === 'createdBefore' ? note.createdAt : note.updatedAt) < millisecondsOf(value);
    default:
      return true;
  }
}

/** `Date.parse()` drops what is below a millisecond. */
function millisecondsOf(time: string): number {
  return Date.parse(time) + Number(`0.${/\.\d{3}(\d+)/.exec(time)?.[1] ?? '0'}`);
}

function keyOf(note: Note, sort: string): Buffer {
  if (sort !== 'title') return Buffer.from(sort === 'createdAt' ? note.createdAt : note.updatedAt);
  const folded = (note.title ?? note.url ?? '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return Buffer.from([...folded].slice(0, 100).join(''));
}

function expected(query: URLSearchParams): string[] {
  const sort = query.get('sort') ?? '-createdAt';
  const by = sort.replace('-', '');
  const filters = [...query, ...(query.has('trashed') ? [] : [['trashed', 'false'] as const])];
  const ordered = model
    .filter((note) => filters.every(([name, value]) => passes(note, name, value)))
    .sort((a, b) => Buffer.compare(keyOf(a, by), keyOf(b, by)) || (a.id < b.id ? -1 : 1));
  return (sort.startsWith('-') ? ordered.toReversed() : ordered).map((note) => note.id);
}

async function listed(query: URLSearchParams): Promise<string[]> {
  return (await readAll<Note>(app.client, `${NOTES}?${query.toString()}`, notes.user.token)).map((note) => note.id);
}

const TIMES = [
  '2024-01-02',
  '2024-02-01T00:00:00.001Z',
  '2024-02-01T01:00:00+01:00',
  '2024-02-01T00:00:00.0005Z',
  '2024-03-02',
  '0000-01-01',
  '9999-12-31T23:59:59.999-23:59',
  '2100-01-01',
];
const FILTERS: Record<string, readonly string[]> = {
  tag: ['red', 'GREEN', 'über', 'none', ' red '.trim()],
  kind: ['note', 'bookmark'],
  pinned: ['true', 'false'],
  archived: ['true', 'false'],
  trashed: ['true', 'false'],
  createdAfter: TIMES,
  createdBefore: TIMES,
  updatedAfter: TIMES,
  updatedBefore: TIMES,
};

describe('a list of notes', () => {
  it('shows notes as they are read one by one', async () => {
    const { data } = await notes.list('limit=100&sort=title');
    expect(data).toEqual(expected(new URLSearchParams('sort=title')).map((id) => model.find((note) => note.id === id)));
  });

  it.each(SORTS)('sorted by %s is in that order, in pages of every size', async (sort) => {
    for (const limit of [3, 20, 100]) {
      const query = new URLSearchParams({ sort, limit: String(limit) });
      expect(await listed(query)).toEqual(expected(query));
    }
  });

  it.each(Object.keys(FILTERS))('filtered by %s has the notes that pass, in every order', async (name) => {
    for (const [at, value] of (FILTERS[name] ?? []).entries()) {
      for (const sort of SORTS.filter((_, position) => position % 3 === at % 3)) {
        const query = new URLSearchParams({ [name]: value, sort, limit: '15' });
        expect([name, value, await listed(query)]).toEqual([name, value, expected(query)]);
      }
    }
  });

  it('filtered by several has the notes that pass all of them', async () => {
    let found = 0;
    for (let round = 0; round < 80; round += 1) {
      const query = new URLSearchParams({ sort: pick(SORTS), limit: String(2 + random(18)) });
      for (const name of Object.keys(FILTERS)) if (random(4) === 0) query.append(name, pick(FILTERS[name] ?? []));
      if (random(3) === 0) query.append('tag', pick(TAGS));
      const ids = await listed(query);
      expect([query.toString(), ids]).toEqual([query.toString(), expected(query)]);
      found += ids.length;
    }
    expect(found).toBeGreaterThan(100);
  });

  it.each([
    'createdAfter=2024-02-02&createdBefore=2024-02-01',
    'kind=note&q=has:url',
    'trashed=false&q=is:trashed',
    'tag=red&tag=none',
    'pinned=true&q=-is:pinned',
  ])('is empty when filters contradict each other: %s', async (query) => {
    expect(await notes.list(query)).toMatchObject({ data: [], page: { nextCursor: null, hasMore: false } });
  });

  it.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '-1'],
    ['limit', 'abc'],
    ['limit', ''],
    ['pinned', '1'],
    ['archived', ''],
    ['trashed', 'yes'],
    ['kind', 'page'],
    ['sort', 'id'],
    ['sort', '--title'],
    ['createdAfter', 'yesterday'],
    ['createdBefore', '2024-02-30'],
    ['updatedAfter', '1700000000'],
    ['updatedBefore', '2024-01-01T00:00:00'],
    ['tag', 'a\0'],
    ['tag', 'a'.repeat(101)],
    ['q', 'a'.repeat(1001)],
    ['q', 'a\0'],
    ['offset', '10'],
    ['user_id', 'x'],
  ])('refuses %s=%j', async (name, value) => {
    const problem = await notes.refusal(400, 'GET', `?${new URLSearchParams({ [name]: value }).toString()}`);
    expect(problem.errors?.map((error) => error.pointer)).toEqual([`?${name}`]);
  });

  it.each(['pinned', 'kind', 'sort', 'q', 'cursor', 'limit', 'createdAfter'])(
    'refuses %s when it is given twice',
    async (name) => {
      const value =
        { pinned: 'true', kind: 'note', sort: 'title', q: 'a', cursor: 'a', limit: '5', createdAfter: '2024-01-01' }[
          name
        ] ?? '';
      expect((await notes.refusal(400, 'GET', `?${name}=${value}&${name}=${value}`)).errors).toHaveLength(1);
    },
  );
});

describe('the pages of a list', () => {
  it.each(SORTS)('sorted by %s join up without gap or double while notes are written', async (sort) => {
    const writer = await Notes.signUp(app.client);
    await addMixedNotes(writer.user.userId);
    const before = await readAll<Note>(app.client, `${NOTES}?sort=${sort}`, writer.user.token);
    const [victims, kept] = [before.filter((_, at) => at % 3 === 0), before.filter((_, at) => at % 3 !== 0)];
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null; page += 1) {
      const answer: ListPage = await writer.list(`sort=${sort}&limit=4${cursor && `&cursor=${cursor}`}`);
      seen.push(...answer.data.map((note) => note.id));
      cursor = answer.page.nextCursor;
      const victim = victims.pop();
      await writer.create({ title: pick(TITLES) || 'new', tags: ['red'] });
      if (victim === undefined) continue;
      if (page % 2 === 0) await writer.trash(victim.id);
      else await writer.send('PATCH', `/${victim.id}`, { title: pick(TITLES), body: `edit ${page}` });
      expect(page).toBeLessThan(60);
    }
    const keptIds = new Set(kept.map((note) => note.id));
    expect(seen.filter((id) => keptIds.has(id))).toEqual(kept.map((note) => note.id));
    if (!sort.includes('updatedAt') && !sort.includes('title')) expect(new Set(seen).size).toBe(seen.length);
  });

  it('link to the next one until the last', async () => {
    const query = new URLSearchParams({
      tag: 'red',
      sort: '-title',
      createdAfter: '2024-01-01T00:00:00+00:00',
      limit: '3',
    });
    const seen: string[] = [];
    let path: string | undefined = `${NOTES}?${query.toString()}`;
    while (path !== undefined) {
      const answer: Answer<ListPage> = await app.client.get(path, { token: notes.user.token });
      seen.push(...answer.body.data.map((note) => note.id));
      path = /^<(\/[^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
      expect([answer.body.page.hasMore, answer.body.page.nextCursor !== null]).toEqual([
        path !== undefined,
        path !== undefined,
      ]);
    }
    expect(seen).toEqual(expected(query));
    expect(seen.length).toBeGreaterThan(6);
  });
});
