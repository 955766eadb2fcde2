import { Client as PgClient } from 'pg';
import { startTestApp, type TestApp } from './support/app';
import { isProblem, Notes, NOTES, type ProblemBody } from './support/notes';

const MIB = 1_048_576;
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

/** Sends exactly these bytes as the body. */
function raw(
  method: string,
  path: string,
  body: string,
  contentType = 'application/json',
): ReturnType<typeof notes.send<ProblemBody>> {
  return notes.send<ProblemBody>(method, path, body, { 'content-type': contentType });
}

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

describe('the bounds of a note', () => {
  const tags = (count: number): string[] => Array.from({ length: count }, (_, at) => `tag ${at + 100}`);
  const address = (length: number): string => 'https://example.org/'.padEnd(length, 'é');

  it.each<[string, Record<string, unknown>]>([
    ['a title of 500 emoji', { title: '👍'.repeat(500) }],
    ['a body of 1 MiB', { body: 'a'.repeat(MIB) }],
    ['a body of 1 MiB in two-byte letters, each escaped in JSON', { body: '\u0080'.repeat(MIB / 2) }],
    ['an address of 2,048 characters', { url: address(2048) }],
    ['100 tags', { title: 'x', tags: tags(100) }],
    ['a tag of 100 emoji', { title: 'x', tags: ['👍'.repeat(100)] }],
    [
      'a body with control characters, overrides and half-width marks',
      { body: '\u0001\u202E\u2028\uFEFF\u200D\t\r\n' },
    ],
    ['a title in Arabic with marks and isolates', { title: '\u2067العربية\u2069 \u200F' }],
    [
      'text that is PostgreSQL',
      { title: `'); drop table notes; --`, body: '\\x00 $1 %s', tags: [`{"a",b}`.replace(',', ';')] },
    ],
  ])('include %s', async (_name, fields) => {
    const { id } = await notes.create(fields);
    expect(await notes.read(id)).toMatchObject(fields);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['a title of 501 emoji', '#/title', { title: '👍'.repeat(501) }],
    ['a title of two lines', '#/title', { title: 'a\nb' }],
    ['NUL in a title', '#/title', { title: 'a\0b' }],
    ['half a surrogate pair in a title', '#/title', { title: 'a\uD83D' }],
    ['a right-to-left override in a title', '#/title', { title: 'a\u202Egpj.exe' }],
    ['a title that is a number', '#/title', { title: 5 }],
    ['a body of 1 MiB and a byte', '#/body', { body: 'a'.repeat(MIB + 1) }],
    ['a body of 1 MiB and a byte, the last letter of two bytes', '#/body', { body: `${'a'.repeat(MIB - 1)}é` }],
    ['NUL in a body', '#/body', { body: 'a\0b' }],
    ['half a surrogate pair in a body', '#/body', { body: '\uDC4Da' }],
    ['a body that is a list', '#/body', { body: ['a'] }],
    ['an address of 2,049 characters', '#/url', { url: address(2049) }],
    ['an address that is none', '#/url', { url: 'example.org' }],
    ['an address of another scheme', '#/url', { url: 'javascript:alert(1)' }],
    ['NUL in an address', '#/url', { url: 'https://example.org/\0' }],
    ['a right-to-left override in an address', '#/url', { url: 'https://example.org/\u202E' }],
    ['half a surrogate pair in an address', '#/url', { url: 'https://example.org/\uD83D' }],
    ['101 tags', '#/tags', { title: 'x', tags: tags(101) }],
    ['a tag of 101 characters', '#/tags', { title: 'x', tags: ['a'.repeat(101)] }],
    ['an empty tag', '#/tags', { title: 'x', tags: [' '] }],
    ['a tag with a comma', '#/tags', { title: 'x', tags: ['a,b'] }],
    ['a tag that is null', '#/tags', { title: 'x', tags: [null] }],
    ['NUL in a tag', '#/tags', { title: 'x', tags: ['a\0b'] }],
    ['half a surrogate pair in a tag', '#/tags', { title: 'x', tags: ['\uD83D'] }],
    ['a right-to-left override in a tag', '#/tags', { title: 'x', tags: ['a\u202Eb'] }],
    ['tags that are text', '#/tags', { title: 'x', tags: 'a' }],
    ['tags that are an object', '#/tags', { title: 'x', tags: { length: 1, 0: 'a' } }],
    ['pinned that is text', '#/pinned', { title: 'x', pinned: 'true' }],
    ['archived that is a time', '#/archived', { title: 'x', archived: '2026-01-01T00:00:00Z' }],
    ['a field that notes do not have', '#/colour', { title: 'x', colour: 'red' }],
    ['a field that only answers have', '#/version', { title: 'x', version: 7 }],
  ])('exclude %s', async (_name, pointer, fields) => {
    const problem = await notes.refusal(400, 'POST', '', fields);
    expect(problem.type).toBe('urn:commonplace:problem:validation-failed');
    expect(pointers(problem)).toEqual([pointer]);
    const { id } = await notes.create({ title: 'before' });
    expect(pointers(await notes.refusal(400, 'PATCH', `/${id}`, fields))).toEqual([pointer]);
    expect(await notes.read(id)).toMatchObject({ title: 'before', version: 1 });
  });

  it('name every fault at once', async () => {
    expect(
      pointers(
        await notes.refusal(400, 'POST', '', { title: 1, body: 2, url: 3, tags: 4, pinned: 5, archived: 6, x: 7 }),
      )?.sort(),
    ).toEqual(['archived', 'body', 'pinned', 'tags', 'title', 'url', 'x'].map((name) => `#/${name}`));
  });
});

describe('a body that cannot be read', () => {
  it.each([
    '{"title": "x"',
    '',
    'null',
    '[]',
    '"x"',
    '5',
    '{"__proto__": {"title": "x"}, "title": "x"}',
    '{"title": "\\u12"}',
  ])('is 400 and no note: %s', async (body) => {
    const answer = await raw('POST', '', body);
    expect([answer.status, isProblem(answer)]).toEqual([400, true]);
    expect(answer.body.type).toMatch(/^urn:commonplace:problem:(malformed-request|validation-failed)$/);
  });

  it('is 415 when it is not JSON', async () => {
    expect((await raw('POST', '', 'title=x', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await raw('POST', '', '<title>x</title>', 'text/xml')).body.type).toBe(
      'urn:commonplace:problem:unsupported-media-type',
    );
  });

  it('is 413 when it is larger than any note', async () => {
    expect((await raw('POST', '', JSON.stringify({ body: 'a'.repeat(9 * MIB) }))).body).toMatchObject({
      status: 413,
      type: 'urn:commonplace:problem:payload-too-large',
    });
  });
});

describe('a body that search cannot hold as a whole', () => {
  const repeat = (bytes: number, part: (index: number) => string): string => {
    const parts: string[] = [];
    for (let length = 0, index = 0; length < bytes; index += 1)
      length += parts[parts.push(part(index)) - 1]?.length ?? 0;
    return parts.join('').slice(0, bytes);
  };
  it.each([
    ['1 MiB of distinct words', `firstA ${repeat(MIB - 10, (index) => `${index.toString(36)} `)}`],
    ['1 MiB that is one word', `firstB ${'a'.repeat(MIB - 10)}`],
    ['1 MiB that is one word of accented letters', `firstC ${'é'.repeat(MIB / 2 - 10)}`],
    [
      'a word that is too long only when letters are folded',
      `firstD ${'Ⅷ'.repeat(682)} ${'İ'.repeat(1000)} ${'ﬃ'.repeat(600)}`,
    ],
    ['1 MiB of hyphens and letters', `firstE ${'é-'.repeat(300_000)}`],
  ])('is stored, and found by its first words: %s', async (_name, body) => {
    const { id } = await notes.create({ title: 'large', body });
    expect((await notes.read(id)).body).toBe(body);
    const { data } = await notes.list(`q=${body.slice(0, 6)}`);
    expect(data.map((note) => note.id)).toEqual([id]);
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
