import { Client as PgClient } from 'pg';
import { startTestApp, type TestApp } from './support/app';
import { Notes, NOTES, type ProblemBody } from './support/notes';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOWHERE = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';

let app: TestApp;
let notes: Notes;
let stranger: Notes;

beforeAll(async () => {
  app = await startTestApp();
  [notes, stranger] = await Promise.all([Notes.signUp(app.client), Notes.signUp(app.client)]);
});

afterAll(() => app.close());

const pointers = (problem: ProblemBody): string[] | undefined => problem.errors?.map((error) => error.pointer);

describe('making a note', () => {
  it('answers 201 with the note, where it is and its version', async () => {
    const before = Date.now();
    const answer = await notes.send('POST', '', {
      title: '  A title ',
      body: ' Some *text*\n',
      tags: ['b', ' A  b ', 'a B'],
      pinned: true,
    });
    const { id, createdAt } = answer.body;
    expect(answer.status).toBe(201);
    expect(id).toMatch(UUID_V7);
    expect(answer.headers.get('location')).toBe(`${NOTES}/${id}`);
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(before);
    expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.body).toEqual({
      id,
      kind: 'note',
      title: 'A title',
      body: ' Some *text*\n',
      url: null,
      tags: ['A b', 'b'],
      notebookId: null,
      pinned: true,
      language: null,
      isLanguageSet: false,
      archivedAt: null,
      deletedAt: null,
      version: 1,
      createdAt,
      updatedAt: createdAt,
    });
    expect(await notes.read(id)).toEqual(answer.body);
  });

  it('makes a bookmark of a note with an address, archived if asked', async () => {
    const url = 'https://User@Example.org:443/A%20b/?utm_source=x&q=1#top';
    const note = await notes.create({ url, archived: true });
    expect(note).toMatchObject({ kind: 'bookmark', title: null, body: null, url, tags: [], pinned: false });
    expect(note.archivedAt).toBe(note.createdAt);
  });

  it.each([{}, { title: '' }, { title: ' \u3000', body: null, url: '' }, { tags: ['a'], pinned: true }])(
    'refuses %j, which has neither title, body nor url',
    async (fields) => {
      expect(await notes.refusal(400, 'POST', '', fields)).toMatchObject({
        type: 'urn:commonplace:problem:validation-failed',
        instance: NOTES,
        errors: [{ pointer: '#', detail: 'must have at least one of title, body and url' }],
      });
    },
  );

  it('keeps the spelling of a tag that came first, and lists tags without regard to case', async () => {
    await notes.create({ title: 'x', tags: ['Ünïcode'] });
    expect((await notes.create({ title: 'y', tags: ['zebra', 'ÜNÏCODE', 'Apple'] })).tags).toEqual([
      'Apple',
      'zebra',
      'Ünïcode',
    ]);
  });
});

describe('reading a note', () => {
  it('answers 304 without a body when If-None-Match names the version', async () => {
    const { id } = await notes.create({ title: 'x' });
    for (const header of ['"v1"', 'W/"v1"', '"v9", "v1"', '*', ' "v1" ', '"a,b", "v1"', ', "v1",']) {
      const answer = await notes.send('GET', `/${id}`, undefined, { 'if-none-match': header });
      expect([header, answer.status, answer.text, answer.headers.get('etag')]).toEqual([header, 304, '', '"v1"']);
    }
    for (const header of ['"v2"', '"V1"', '"v1,"', 'W/"v10"']) {
      const answer = await notes.send('GET', `/${id}`, undefined, { 'if-none-match': header });
      expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"v1"']);
    }
    expect((await notes.refusal(400, 'GET', `/${id}`, undefined, { 'if-none-match': 'v1' })).type).toBe(
      'urn:commonplace:problem:malformed-request',
    );
  });
});

describe('whose note it is', () => {
  const ROUTES: [method: string, path: string, body: unknown][] = [
    ['GET', '', undefined],
    ['PATCH', '', { title: 'y' }],
    ['DELETE', '', undefined],
    ['POST', '/restore', undefined],
  ];

  it.each(ROUTES)(
    '%s %s is 404 for a stranger and for what does not exist, and the same',
    async (method, path, body) => {
      const { id } = await notes.create({ title: 'mine' });
      const theirs = await stranger.refusal(404, method, `/${id}${path}`, body, { 'if-match': '"v9"' });
      const nobodys = await stranger.refusal(404, method, `/${NOWHERE}${path}`, body, { 'if-match': '"v9"' });
      const { instance: _instance, requestId: _requestId, ...rest } = theirs;
      expect(nobodys).toMatchObject(rest);
      expect(await notes.read(id)).toMatchObject({ title: 'mine', version: 1, deletedAt: null });
    },
  );

  it.each(ROUTES)('%s %s is 400 for an id that is none, and 401 without a token', async (method, path, body) => {
    for (const id of ['1', `${NOWHERE}0`, `${NOWHERE}'`, 'g'.repeat(36), '%00', encodeURIComponent('../tags')]) {
      expect(pointers(await notes.refusal(400, method, `/${id}${path}`, body))).toEqual(['{id}']);
    }
    expect((await app.client.request(method, `${NOTES}/${NOWHERE}${path}`, { body })).status).toBe(401);
  });

  it('takes an id in capitals for the same', async () => {
    const { id } = await notes.create({ title: 'x' });
    expect((await notes.read(id.toUpperCase())).id).toBe(id);
  });

  it("is nobody's when the user is gone: writes are 401", async () => {
    const leaver = await Notes.signUp(app.client);
    const { id } = await leaver.create({ url: 'https://example.org/leaver' });
    const database = new PgClient({ connectionString: app.databaseUrl });
    await database.connect();
    await database.query('delete from users where id = $1', [leaver.user.userId]);
    await database.end();
    for (const [method, path, body] of [
      ['POST', '', { title: 'x' }],
      ['PATCH', `/${id}`, { title: 'x' }],
      ['DELETE', `/${id}`],
      ['POST', `/${id}/restore`],
    ] as const) {
      const problem = await leaver.refusal(401, method, path, body);
      expect([method, path, problem.type]).toEqual([method, path, 'urn:commonplace:problem:unauthorized']);
    }
  });
});
