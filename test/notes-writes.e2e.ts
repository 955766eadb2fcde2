import { setTimeout as sleep } from 'node:timers/promises';
import { startTestApp, type TestApp } from './support/app';
import { Notes, type Note } from './support/notes';

const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' };

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

let addresses = 0;
const newAddress = (): string => `https://example.org/page/${(addresses += 1)}`;

/** Changes a note; throws unless it is allowed. */
async function patch(id: string, fields: unknown, headers?: Record<string, string>): Promise<Note> {
  const answer = await notes.send('PATCH', `/${id}`, fields, headers);
  if (answer.status !== 200) throw new Error(answer.text);
  expect(answer.headers.get('etag')).toBe(`"v${answer.body.version}"`);
  return answer.body;
}

describe('a merge patch', () => {
  it('changes what is there, clears what is null, leaves alone what is absent', async () => {
    const note = await notes.create({
      title: 'a',
      body: 'b',
      url: newAddress(),
      tags: ['x', 'y'],
      pinned: true,
      archived: true,
    });
    const changed = await patch(note.id, { title: ' A ', tags: ['y', 'z'] }, MERGE_PATCH);
    expect(changed).toEqual({ ...note, title: 'A', tags: ['y', 'z'], version: 2, updatedAt: changed.updatedAt });
    expect(changed.updatedAt >= note.updatedAt).toBe(true);
    const cleared = await patch(note.id, { title: null, url: null, tags: null, pinned: null, archived: null });
    expect(cleared).toEqual({
      ...note,
      kind: 'note',
      title: null,
      url: null,
      tags: [],
      pinned: false,
      archivedAt: null,
      version: 3,
      updatedAt: cleared.updatedAt,
    });
    expect(await notes.read(note.id)).toEqual(cleared);
  });

  it('keeps the time of archiving until the note is taken out of the archive', async () => {
    const { id } = await notes.create({ title: 'a' });
    const { archivedAt } = await patch(id, { archived: true });
    await sleep(5);
    expect(await patch(id, { archived: true, title: 'b' })).toMatchObject({ archivedAt, version: 3 });
    expect(await patch(id, { archived: false })).toMatchObject({ archivedAt: null, version: 4 });
    await sleep(5);
    expect((await patch(id, { archived: true })).archivedAt).not.toBe(archivedAt);
  });

  it('that changes nothing keeps version and times', async () => {
    const note = await notes.create({
      title: 'a',
      body: 'b',
      url: newAddress(),
      tags: ['Same', 'other'],
      archived: true,
    });
    for (const fields of [
      {},
      { title: 'a ' },
      { tags: ['OTHER', ' same', 'Same'] },
      { archived: true, pinned: null },
      { url: note.url, body: 'b' },
    ]) {
      expect(await patch(note.id, fields)).toEqual(note);
    }
  });

  it('cannot clear the last of title, body and url, and then changes nothing', async () => {
    const note = await notes.create({ title: 'a', body: 'b', tags: ['x'] });
    await patch(note.id, { title: null });
    const refused = await notes.refusal(400, 'PATCH', `/${note.id}`, { body: '', tags: ['y'], pinned: true });
    expect(refused.errors).toEqual([expect.objectContaining({ pointer: '#' })]);
    expect(await notes.read(note.id)).toMatchObject({ title: null, body: 'b', tags: ['x'], pinned: false, version: 2 });
    expect(await patch(note.id, { body: null, url: newAddress() })).toMatchObject({ kind: 'bookmark', version: 3 });
  });

  it('is found by its new words and no longer by its old ones', async () => {
    const { id } = await notes.create({ title: 'beforeword', tags: ['beforetag'] });
    await patch(id, { title: 'afterword', tags: ['aftertag'] });
    expect((await notes.list('q=beforeword OR beforetag OR tag:beforetag')).data).toEqual([]);
    expect((await notes.list('q=afterword aftertag tag:aftertag')).data).toHaveLength(1);
  });
});

describe('If-Match', () => {
  it.each(['"v2"', '"v1", "v2"', '*', '"x,y" , "v2",'])('%s lets a change of version 2 through', async (header) => {
    const { id } = await notes.create({ title: 'a' });
    await patch(id, { title: 'b' });
    expect(await patch(id, { title: 'c' }, { 'if-match': header })).toMatchObject({ title: 'c', version: 3 });
    expect((await notes.send('DELETE', `/${id}`, undefined, { 'if-match': header.replace('v2', 'v3') })).status).toBe(
      204,
    );
    expect(
      (await notes.send('POST', `/${id}/restore`, undefined, { 'if-match': header.replace('v2', 'v4') })).status,
    ).toBe(200);
  });

  it.each([
    ['"v1"', 412],
    ['"v1", "v3"', 412],
    ['W/"v2"', 412],
    ['""', 412],
    ['v2', 400],
    ['"v2', 400],
    ['', 400],
  ])('%j stops every change of version 2 with %d', async (header, status) => {
    const { id } = await notes.create({ title: 'a' });
    await patch(id, { title: 'b' });
    for (const [method, path, body] of [
      ['PATCH', '', { title: 'c' }],
      ['PATCH', '', {}],
      ['DELETE', '', undefined],
      ['POST', '/restore', undefined],
    ] as const) {
      const problem = await notes.refusal(status, method, `/${id}${path}`, body, { 'if-match': header });
      expect(problem).toMatchObject(
        status === 412
          ? { type: 'urn:commonplace:problem:precondition-failed', currentVersion: 2 }
          : { type: 'urn:commonplace:problem:malformed-request' },
      );
    }
    expect(await notes.read(id)).toMatchObject({ title: 'b', version: 2, deletedAt: null });
  });

  it('lets one of two editors through who began with the same version', async () => {
    const { id } = await notes.create({ title: 'a' });
    for (let version = 1; version <= 5; version += 1) {
      const answers = await Promise.all(
        ['left', 'right'].map((title) =>
          notes.send('PATCH', `/${id}`, { title: `${title} ${version}` }, { 'if-match': `"v${version}"` }),
        ),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
      expect(await notes.read(id)).toEqual(answers.find((answer) => answer.status === 200)?.body);
    }
  });

  it('is not needed: of edits at once none is lost, each has a version', async () => {
    const { id } = await notes.create({ title: 'a', tags: ['t'] });
    const edits = [
      { title: 'b' },
      { body: 'c' },
      { tags: ['d', 'e'] },
      { pinned: true },
      { url: newAddress() },
      { archived: true },
    ];
    const edited = await Promise.all(edits.map((fields) => patch(id, fields)));
    expect(edited.map((note) => note.version).sort()).toEqual([2, 3, 4, 5, 6, 7]);
    expect(await notes.read(id)).toMatchObject({
      title: 'b',
      body: 'c',
      tags: ['d', 'e'],
      pinned: true,
      kind: 'bookmark',
      version: 7,
    });
  });
});

describe('an address that is a bookmark already', () => {
  it('is 409 with the id of the bookmark, however it is written', async () => {
    const { id } = await notes.create({ url: 'https://Example.org/a/?b=2&a=1&utm_source=mail#top' });
    for (const url of [
      'https://EXAMPLE.org:443/a?a=1&b=2',
      'https://example.org/x/../a/?a=1&b=2&fbclid=1#:~:text=x',
      ' https://example.org./a?a=1&b=2 ',
    ]) {
      expect(await notes.refusal(409, 'POST', '', { url, title: 'x' })).toMatchObject({
        type: 'urn:commonplace:problem:duplicate-url',
        existingId: id,
      });
    }
    await notes.create({ url: 'https://example.org/a?a=1&b=3' });
    await notes.create({ url: 'http://example.org/a?a=1&b=2' });
    await (await Notes.signUp(app.client)).create({ url: 'https://example.org/a?a=1&b=2' });
  });

  it('is 409 in a patch, which then changes nothing', async () => {
    const url = newAddress();
    const existing = await notes.create({ url });
    const { id } = await notes.create({ title: 'a', url: newAddress() });
    expect((await notes.refusal(409, 'PATCH', `/${id}`, { title: 'b', url, tags: ['x'] })).existingId).toBe(
      existing.id,
    );
    expect(await notes.read(id)).toMatchObject({ title: 'a', tags: [], version: 1 });
    expect(await patch(existing.id, { url: `${url}#other`, title: 'x' })).toMatchObject({
      url: `${url}#other`,
      version: 2,
    });
  });

  it('is made once by any number of requests at once', async () => {
    const url = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        notes.send<Note & { existingId?: string }>('POST', '', { url, tags: [`t${at}`, 'all'] }),
      ),
    );
    const made = answers.filter((answer) => answer.status === 201).map((answer) => answer.body.id);
    const refused = answers.filter((answer) => answer.status === 409).map((answer) => answer.body.existingId);
    expect([made.length, refused.length, new Set([...made, ...refused]).size]).toEqual([1, 7, 1]);
  });

  it('may be made again when the other is in the trash, which then cannot be restored', async () => {
    const url = newAddress();
    const first = await notes.create({ url });
    await notes.trash(first.id);
    const second = await notes.create({ url });
    const refused = await notes.refusal(409, 'POST', `/${first.id}/restore`);
    expect(refused).toMatchObject({ type: 'urn:commonplace:problem:duplicate-url', existingId: second.id });
    expect((await notes.read(first.id)).deletedAt).not.toBeNull();
    await notes.trash(second.id);
    expect((await notes.send('POST', `/${first.id}/restore`)).body).toMatchObject({ id: first.id, deletedAt: null });
  });
});

describe('the trash', () => {
  it('takes a note once, and gives it back as it was', async () => {
    const note = await notes.create({ title: 'a', tags: ['t'], url: newAddress(), archived: true });
    await notes.trash(note.id);
    const trashed = await notes.read(note.id);
    expect(trashed).toEqual({ ...note, deletedAt: trashed.deletedAt, updatedAt: trashed.updatedAt, version: 2 });
    expect(Date.parse(trashed.deletedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(note.createdAt));
    await sleep(5);
    await notes.trash(note.id);
    expect(await notes.read(note.id)).toEqual(trashed);
    const restored = await notes.send('POST', `/${note.id}/restore`);
    expect([restored.status, restored.headers.get('etag')]).toEqual([200, '"v3"']);
    expect(restored.body).toEqual({ ...note, updatedAt: restored.body.updatedAt, version: 3 });
    expect((await notes.send('POST', `/${note.id}/restore`)).body).toEqual(restored.body);
  });

  it('holds notes that cannot be edited', async () => {
    const { id } = await notes.create({ title: 'a' });
    await notes.trash(id);
    expect((await notes.refusal(409, 'PATCH', `/${id}`, { title: 'b' })).type).toBe(
      'urn:commonplace:problem:note-in-trash',
    );
    expect((await notes.refusal(412, 'PATCH', `/${id}`, { title: 'b' }, { 'if-match': '"v1"' })).currentVersion).toBe(
      2,
    );
    expect(await notes.read(id)).toMatchObject({ title: 'a', version: 2 });
  });
});
