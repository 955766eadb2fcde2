import { newId } from '../src/common/uuid';
import { LinkBacklog } from '../src/notes/links/link-backlog';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { finishedJob, upload } from './support/imports';
import { type ListPage, type Note, Notes } from './support/notes';

interface Reference {
  id: string;
  title: string | null;
  kind: 'note' | 'bookmark';
}

interface Link {
  target: string;
  note: Reference | null;
}

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
});

beforeEach(async () => {
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

const sql = <Row extends object>(text: string, values: unknown[] = []) => query<Row>(app.databaseUrl, text, values);

async function linksOf({ id }: Pick<Note, 'id'>): Promise<Link[]> {
  const { status, body } = await notes.send<{ data: Link[] }>('GET', `/${id}/links`);
  expect(status).toBe(200);
  return body.data;
}

/** Targets, each with the title of the note that it leads to, or null. */
const leads = async (note: Pick<Note, 'id'>) =>
  (await linksOf(note)).map(({ target, note: found }) => [target, found?.title ?? null]);
const targets = async (note: Pick<Note, 'id'>) => (await linksOf(note)).map(({ target }) => target);

async function backlinks({ id }: Pick<Note, 'id'>, more = ''): Promise<ListPage<Reference & { updatedAt: string }>> {
  const { status, body } = await notes.send<ListPage<Reference & { updatedAt: string }>>(
    'GET',
    `/${id}/backlinks${more}`,
  );
  expect(status).toBe(200);
  return body;
}

const linking = async (note: Pick<Note, 'id'>) => (await backlinks(note)).data.map(({ title }) => title);

describe('links', () => {
  it('lead to notes by title and by id, in the order of the text', async () => {
    const tea = await notes.create({ title: 'Thé  vert', url: 'https://example.org/tea' });
    const cup = await notes.create({ title: 'Cup' });
    const body = `[[nothing]] [[THE\u0301 VERT|tea]] \`[[Cup]]\` [[The vert]] [[${cup.id.toUpperCase()}]] [[${newId()}]]`;
    const links = await linksOf(await notes.create({ body }));
    expect(links.map(({ note }) => note)).toEqual([
      null,
      { id: tea.id, title: 'Thé  vert', kind: 'bookmark' },
      null,
      { id: cup.id, title: 'Cup', kind: 'note' },
      null,
    ]);
    expect(links[1]?.target).toBe('THE\u0301 VERT');
    expect(await linksOf(cup)).toEqual([]);
  });

  it('lead to Greek titles, whichever small letter a capital sigma is', async () => {
    await notes.create({ title: 'ΟΔΟΣ' });
    await notes.create({ title: 'λόγος' });
    const note = await notes.create({ body: '[[οδος]] [[ΛΌΓΟΣ]]' });
    expect(await leads(note)).toEqual([
      ['οδος', 'ΟΔΟΣ'],
      ['ΛΌΓΟΣ', 'λόγος'],
    ]);
  });

  it('are by title or by id as the text is now', async () => {
    const { id } = await notes.create({ title: 'by id' });
    const wide = id.replace(/\w/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
    const note = await notes.create({ body: `[[${wide}]]` });
    expect(await leads(note)).toEqual([[wide, null]]);
    await notes.send('PATCH', `/${note.id}`, { body: `[[${id}]]` });
    expect(await leads(note)).toEqual([[id, 'by id']]);
  });

  it('are written by every way a text comes in', async () => {
    const note = await notes.create({ title: 'n', body: '[[created]]' });
    const path = `/${note.id}`;
    expect(await targets(note)).toEqual(['created']);
    await notes.send('PATCH', path, { body: 'See [[patched]], [[created]]' });
    expect(await targets(note)).toEqual(['patched', 'created']);
    const insert = [{ op: 'str_ins', path: '/body', pos: 0, str: '[[Created]] [[inserted]] ' }];
    await notes.send('PATCH', path, insert, { 'content-type': 'application/json-patch+json' });
    expect(await targets(note)).toEqual(['Created', 'inserted', 'patched']);
    const operations = [
      { op: 'update', id: note.id, note: { body: '[[batch]]' } },
      { op: 'create', note: { body: '[[made]] [[in]] [[batch]]' } },
    ];
    const batch = await notes.send<{ results: { id: string }[] }>('POST', '/batch', { operations });
    expect(await targets(note)).toEqual(['batch']);
    expect(await targets({ id: batch.body.results[1]?.id ?? '' })).toEqual(['made', 'in', 'batch']);
    expect((await notes.send('POST', `${path}/revisions/1/restore`)).status).toBe(200);
    expect(await targets(note)).toEqual(['created']);
    await notes.send('PATCH', path, { body: null });
    expect(await targets(note)).toEqual([]);
    const file = '# Imported\n\n[[n]] [[Imported]]';
    await finishedJob(app.client, notes.user.token, await upload(app.client, notes.user.token, file, 'a.md'));
    const imported = (await notes.list('')).data.find(({ title }) => title === 'Imported');
    expect(await leads(imported ?? { id: '' })).toEqual([
      ['n', 'n'],
      ['Imported', 'Imported'],
    ]);
  });

  it('are the first thousand of a text, and what stays in an edit is not written again', async () => {
    const titles = Array.from({ length: 1_500 }, (_, at) => `[[link ${at}]]`);
    const note = await notes.create({ body: titles.join(' ') });
    expect(await targets(note)).toEqual(titles.slice(0, 1_000).map((title) => title.slice(2, -2)));
    const written = () =>
      sql<{ target: string; xmin: string }>(
        `select target, xmin::text from note_links where note_id = $1 order by position`,
        [note.id],
      );
    const before = await written();
    await notes.send('PATCH', `/${note.id}`, { body: `${titles.slice(0, 999).join('\n')} [[new]]`, pinned: true });
    const after = await written();
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    expect(after.at(-1)?.target).toBe('new');
  });

  it('are resolved when they are read: notes come, are renamed, go and come back', async () => {
    const source = await notes.create({ title: 'source', body: '[[Target]]' });
    expect(await leads(source)).toEqual([['Target', null]]);
    const first = await notes.create({ title: 'target', body: 'first' });
    const second = await notes.create({ title: 'TARGET', body: 'second' });
    const leadsTo = async () => (await linksOf(source))[0]?.note?.id;
    const state = async () => [await leadsTo(), await linking(first), await linking(second)];
    expect(await state()).toEqual([first.id, ['source'], []]);
    await notes.trash(first.id);
    expect(await state()).toEqual([second.id, [], ['source']]);
    await notes.send('POST', `/${first.id}/restore`);
    expect(await state()).toEqual([first.id, ['source'], []]);
    await notes.send('PATCH', `/${first.id}`, { title: 'Renamed' });
    expect(await state()).toEqual([second.id, [], ['source']]);
    await notes.send('PATCH', `/${second.id}`, { title: null });
    expect(await state()).toEqual([undefined, [], []]);
    await notes.send('PATCH', `/${second.id}`, { title: 'target' });
    await notes.trash(source.id);
    expect([await leadsTo(), await linking(second)]).toEqual([second.id, []]);
    expect((await notes.read(source.id)).version).toBe(2);
  });

  it('go with the note that has them, and with nothing else', async () => {
    const note = await notes.create({ title: 'gone', body: '[[a]] [[b]]' });
    const other = await notes.create({ title: 'a', body: '[[gone]]' });
    await notes.trash(note.id);
    expect(await targets(note)).toEqual(['a', 'b']);
    await notes.send('DELETE', `/${note.id}?permanent=true`);
    expect(await sql(`select target from note_links where user_id = $1`, [notes.user.userId])).toEqual([
      { target: 'gone' },
    ]);
    expect([await leads(other), await linking(other)]).toEqual([[['gone', null]], []]);
  });

  it('lead to notes of the same user only', async () => {
    const mine = await notes.create({ title: 'secret' });
    const stranger = await Notes.signUp(app.client);
    const theirs = await stranger.create({ body: `[[secret]] [[${mine.id}]]` });
    const { body } = await stranger.send<{ data: Link[] }>('GET', `/${theirs.id}/links`);
    expect(body.data.map(({ note }) => note)).toEqual([null, null]);
    expect(await linking(mine)).toEqual([]);
    for (const path of ['links', 'backlinks']) await stranger.refusal(404, 'GET', `/${mine.id}/${path}`);
  });
});

describe('backlinks', () => {
  it('are live notes, once each, newest first, page by page', async () => {
    const hub = await notes.create({ title: 'Hub' });
    const sources: Note[] = [];
    for (const body of ['[[hub]]', `[[${hub.id}]]`, `[[HUB]] [[${hub.id}|x]]`, '[[hub]] [[Hub]]', '[[other]]']) {
      sources.push(await notes.create({ title: body.slice(0, 7), body }));
    }
    const last = await notes.create({ url: 'https://example.org/', body: '[[hub]]' });
    await notes.trash(sources[0]?.id ?? '');
    const expected = [last.id, ...[3, 2, 1].map((at) => sources[at]?.id)];
    const { data } = await backlinks(hub);
    expect(data.map(({ id }) => id)).toEqual(expected);
    expect(data[0]).toEqual({ id: last.id, title: null, kind: 'bookmark', updatedAt: last.updatedAt });
    const paged: string[] = [];
    let next = '?limit=1';
    for (let pages = 0; pages < expected.length; pages += 1) {
      const { data: shown, page } = await backlinks(hub, next);
      paged.push(...shown.map(({ id }) => id));
      next = `?limit=1&cursor=${page.nextCursor ?? ''}`;
      expect(page.hasMore).toBe(pages < expected.length - 1);
      if (pages === 0) await notes.refusal(400, 'GET', `/${last.id}/backlinks${next}`);
    }
    expect(paged).toEqual(expected);
  });
});

describe('links of notes that were written before there were links', () => {
  it('are read in the background, also by two processes at once, and while the user writes', async () => {
    const note = await notes.create({ title: 'old', body: '[[a]] [[b]]' });
    const operations = Array.from({ length: 100 }, (_, at) => ({ op: 'create', note: { body: `[[old]] ${at}` } }));
    for (let times = 0; times < 2; times += 1) await notes.send('POST', '/batch', { operations });
    await sql(`delete from note_links where user_id = $1`, [notes.user.userId]);
    await sql(`insert into note_link_backlog (user_id) values ($1)`, [notes.user.userId]);
    const task = app.app.get(LinkBacklog);
    const run = () => task.run(new AbortController().signal);
    await Promise.all([run(), run(), notes.send('PATCH', `/${note.id}`, { body: '[[c]]' })]);
    expect(await targets(note)).toEqual(['c']);
    expect(await sql(`select * from note_link_backlog`)).toEqual([]);
    const [count] = await sql(`select count(*)::integer as links from note_links where user_id = $1`, [
      notes.user.userId,
    ]);
    expect(count).toEqual({ links: 201 });
    await notes.send('PATCH', `/${note.id}`, { title: 'new' });
    expect(await targets(note)).toEqual(['c']);
  });
});
