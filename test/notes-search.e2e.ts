import { DataSource } from 'typeorm';
import { NoteImport } from '../src/notes/note-import';
import { startTestApp, type TestApp } from './support/app';
import { readAll } from './support/client';
import { type Hit, NOTES, Notes, type ListPage } from './support/notes';

let app: TestApp;
let notes: Notes;

/** The notes that searches are tried on, by title. */
const LIBRARY: Record<string, unknown>[] = [
  { title: 'Green tea', body: 'Brew a cup at 80 degrees. **Red-hot** water spoils it.', tags: ['Drinks', 'to read'] },
  { title: 'Café crème', body: 'Strong coffee, a cup in the morning', tags: ['drinks'], pinned: true },
  { title: 'Tea shop', url: 'https://shop.example.org/oolong', tags: ['Shops'] },
  { title: 'Blog', url: 'https://www.example.org/', archived: true },
  {
    title: 'TCP/IP',
    body: 'Protocols: see report.pdf and <https://example.net/rfc-793>',
    url: 'https://notexample.org/',
  },
];

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  const stranger = await Notes.signUp(app.client);
  for (const fields of LIBRARY) {
    await notes.create(fields);
    await stranger.create(fields);
  }
  await notes.trash((await notes.create({ title: 'Old tea' })).id);
});

afterAll(() => app.close());

const search = (q: string, more: Record<string, string> = {}): Promise<ListPage<Hit>> =>
  notes.list<Hit>(new URLSearchParams({ q, ...more }).toString());
const titles = async (q: string, more?: Record<string, string>): Promise<(string | null)[]> =>
  (await search(q, more)).data.map((note) => note.title).sort();

describe('a search', () => {
  it.each([
    ['tea', ['Green tea', 'Tea shop']],
    ['TEA cup', ['Green tea']],
    ['cafe CREME', ['Café crème']],
    ['"cup in the"', ['Café crème']],
    ['"the in cup"', []],
    ['cup -green', ['Café crème']],
    ['green OR coffee', ['Café crème', 'Green tea']],
    ['cup (green OR blog)', ['Green tea']],
    ['-(tea OR cup)', ['Blog', 'TCP/IP']],
    ['mor*', ['Café crème']],
    ['red hot', ['Green tea']],
    ['tcp report', ['TCP/IP']],
    ['oolong OR rfc', ['TCP/IP']],
    ['tag:drinks', ['Café crème', 'Green tea']],
    ['tag:"TO READ"', ['Green tea']],
    ['tag:nothing', []],
    ['-tag:nothing is:note', ['Café crème', 'Green tea']],
    ['cup -tag:"to read"', ['Café crème']],
    ['tea OR tag:drinks', ['Café crème', 'Green tea', 'Tea shop']],
    ['is:pinned', ['Café crème']],
    ['is:archived', ['Blog']],
    ['is:bookmark', ['Blog', 'TCP/IP', 'Tea shop']],
    ['is:untagged', ['Blog', 'TCP/IP']],
    ['has:body', ['Café crème', 'Green tea', 'TCP/IP']],
    ['site:example.org', ['Blog', 'Tea shop']],
    ['-site:example.org is:bookmark', ['TCP/IP']],
    ['created:>=2026 tea', ['Green tea', 'Tea shop']],
    ['updated:<2020', []],
    ['is:trashed', ['Old tea']],
    ['-is:trashed -is:note', ['Blog', 'TCP/IP', 'Tea shop']],
    ['tag:drinks tag:"to read" -tag:shops', ['Green tea']],
    ['tag:drinks tag:nothing', []],
    ['tag:drinks tag:DRINKS cup', ['Café crème', 'Green tea']],
    ['tea is:trashed', ['Old tea']],
    ['tea (is:trashed OR -is:trashed)', ['Green tea', 'Old tea', 'Tea shop']],
  ])('for %s finds %j', async (q, found) => {
    expect(await titles(q)).toEqual(found);
    for (const sort of ['title', '-createdAt']) expect(await titles(q, { sort })).toEqual(found);
    expect((await notes.list('sort=title')).data).toHaveLength(LIBRARY.length);
  });

  it('obeys the filters of the list too', async () => {
    expect(await titles('tea', { trashed: 'true' })).toEqual(['Old tea']);
    expect(await titles('cup', { pinned: 'false' })).toEqual(['Green tea']);
    expect(await titles('tea OR blog', { kind: 'bookmark', archived: 'true' })).toEqual(['Blog']);
    expect(await titles('cup', { tag: 'DRINKS', createdAfter: '2100-01-01' })).toEqual([]);
  });

  it('finds the notes that have all of many tags', async () => {
    const reader = await Notes.signUp(app.client);
    const tags = Array.from({ length: 50 }, (_, at) => `t${at}`);
    const { id } = await reader.create({ title: 'all', tags });
    await reader.create({ title: 'all but one', tags: tags.slice(1) });
    const q = tags.map((tag) => `tag:${tag}`).join(' ');
    for (const query of [
      `q=${q}`,
      `q=${q}&sort=title`,
      tags
        .slice(0, 20)
        .map((tag) => `tag=${tag}`)
        .join('&'),
    ]) {
      expect([query, (await reader.list(query)).data.map((note) => note.id)]).toEqual([query, [id]]);
    }
    expect((await reader.list('tag=t1&tag=t2&tag=t3&tag=t4&tag=T4&tag=t5')).data).toHaveLength(2);
  });

  it.each(['', ' ', '""', '()', 'OR', '-', '!!!'])('for %j finds nothing, in any order', async (q) => {
    for (const more of [undefined, { sort: 'title' }]) {
      expect(await search(q, more)).toMatchObject({ data: [], page: { nextCursor: null, hasMore: false } });
    }
  });

  it('ranks a title over tags over a body, and a short note over a long one', async () => {
    const reader = await Notes.signUp(app.client);
    const ids: string[] = [];
    for (const fields of [
      { body: `quince ${'jam '.repeat(200)}` },
      { body: 'quince jam' },
      { title: 'jam', tags: ['quince'] },
      { title: 'quince' },
    ]) {
      ids.unshift((await reader.create(fields)).id);
    }
    await reader.create({ title: 'unrelated' });
    const { data } = await reader.list<Hit>('q=quince');
    expect(data.map((hit) => hit.id)).toEqual(ids);
    const scores = data.map((hit) => hit.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.at(-1)).toBeGreaterThan(0);
    expect((await reader.list<Hit>('q=quince&sort=createdAt')).data.map((hit) => [hit.id, hit.score])).toEqual(
      data.map((hit) => [hit.id, hit.score]).toReversed(),
    );
  });

  it('shows what matched, as HTML in which nothing but the marks is a tag', async () => {
    const reader = await Notes.signUp(app.client);
    await reader.create({
      title: '<img src=x onerror=alert(1)> Évil & "good"',
      body: 'an <script>evil</script> body \uE000\uE001<mark>fake</mark> \u0001 end',
    });
    const [hit] = (await reader.list<Hit>('q=evil')).data;
    expect(hit?.highlights.title).toBe('&lt;img src=x onerror=alert(1)&gt; <mark>Évil</mark> &amp; &quot;good&quot;');
    expect(hit?.highlights.body).toContain('script&gt;<mark>evil</mark>&lt;/script&gt;');
    expect(hit?.highlights.body?.replace(/<\/?mark>/g, '')).not.toMatch(/[<>]/);
    expect((await reader.list<Hit>('q=is:note')).data[0]).toMatchObject({ score: 0, highlights: {} });
    expect((await reader.list<Hit>('')).data[0]).not.toHaveProperty('highlights');
  });

  it('never fails, whatever is typed', async () => {
    const parts = [
      ...'()"\'-*|&!:\\<>%_$@#;,.~^`{}[]',
      'OR',
      'AND',
      'tag:',
      'is:',
      'created:',
      'site:[::1]',
      'site:a_b%',
      '""',
      '\u202E',
      '👍',
      'Ⅷ'.repeat(300),
      '½',
      'a',
      'tea*',
      ':*',
      "'",
      '\\',
      '<->',
    ];
    let seed = 11;
    const random = (bound: number): number => (seed = (seed * 48271) % 2147483647) % bound;
    for (let round = 0; round < 120; round += 1) {
      const q = Array.from({ length: 1 + random(12) }, () => parts[random(parts.length)] + ' '.repeat(random(2))).join(
        '',
      );
      const query = new URLSearchParams({ q: q.slice(0, 1000), ...(round % 3 === 0 && { sort: 'title' }) });
      const answer = await notes.send('GET', `?${query.toString()}`);
      expect([q, answer.status]).toEqual([q, 200]);
    }
  });
});

describe('a search with more matches than are ranked at once', () => {
  const DAY = 86_400_000;
  let seed = 3;
  const random = (bound: number): number => (seed = (seed * 48271) % 2147483647) % bound;

  /** Notes that all have the word, made at few times, so that many are made at the same one. */
  async function addMany(reader: Notes, count: number, word = 'common', from = 0): Promise<void> {
    const made = Array.from({ length: count }, (_, at) => {
      const time = new Date(Date.UTC(2024, 0, 1) + random(300) * DAY);
      const body = `${word} ${random(3) === 0 ? `${word} ` : ''}${'filler '.repeat(random(20))} ${from + at}`;
      return {
        title: random(10) === 0 ? `${word} ${from + at}` : `t${from + at}`,
        body,
        url: null,
        tags: [],
        pinned: false,
        archivedAt: null,
        createdAt: time,
        updatedAt: time,
      };
    });
    await app.app
      .get(DataSource)
      .transaction((manager) => app.app.get(NoteImport).add(manager, reader.user.userId, made));
  }

  let reader: Notes;
  let all: Hit[];

  beforeAll(async () => {
    reader = await Notes.signUp(app.client);
    await addMany(reader, 2_500);
    await addMany(await Notes.signUp(app.client), 200);
    all = await readAll<Hit>(app.client, `${NOTES}?q=common&sort=-createdAt&limit=100`, reader.user.token);
  });

  it.each([20, 100])('reads each of them once in pages of %d, ranked within each thousand', async (limit) => {
    const seen = await readAll<Hit>(app.client, `${NOTES}?q=common&limit=${limit}`, reader.user.token);
    expect(seen.map((hit) => hit.id).sort()).toEqual(all.map((hit) => hit.id).sort());
    expect(seen).toHaveLength(2_500);
    for (let start = 0; start < 2_500; start += 1_000) {
      const [window, newest] = [seen.slice(start, start + 1_000), all.slice(start, start + 1_000)];
      expect(window.map((hit) => hit.id).sort()).toEqual(newest.map((hit) => hit.id).sort());
      expect(window.map((hit) => hit.score)).toEqual(newest.map((hit) => hit.score).sort((a, b) => b - a));
    }
  });

  it('reads each of them once in another order', async () => {
    const seen = await readAll<Hit>(app.client, `${NOTES}?q=common&sort=title&limit=100`, reader.user.token);
    expect(seen.map((hit) => hit.id).sort()).toEqual(all.map((hit) => hit.id).sort());
  });

  it('misses and repeats none of those that stay while notes come and go', async () => {
    const writer = await Notes.signUp(app.client);
    await addMany(writer, 2_200);
    const before = await readAll<Hit>(app.client, `${NOTES}?q=common&limit=100`, writer.user.token);
    const victims = new Set(before.filter((_, at) => at % 50 === 7).map((hit) => hit.id));
    const [seen, queue]: [string[], string[]] = [[], [...victims]];
    let cursor: string | null = '';
    for (let page = 1; cursor !== null; page += 1) {
      const answer: ListPage<Hit> = await writer.list<Hit>(`q=common&limit=100${cursor && `&cursor=${cursor}`}`);
      seen.push(...answer.data.map((hit) => hit.id));
      cursor = answer.page.nextCursor;
      await addMany(writer, 3, 'common', 10_000 * page);
      await writer.create({ title: `common now ${page}` });
      await Promise.all(queue.splice(-2).map((id) => writer.trash(id)));
      expect(page).toBeLessThan(40);
    }
    const stayed = before.map((hit) => hit.id).filter((id) => !victims.has(id));
    const kept = new Set(stayed);
    expect(seen.filter((id) => kept.has(id)).sort()).toEqual([...stayed].sort());
    expect(new Set(seen).size).toBe(seen.length);
  });
});
