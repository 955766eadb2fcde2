import { startTestApp, type TestApp } from './support/app';
import { isProblem, Notes, type ProblemBody } from './support/notes';

const MIB = 1_048_576;

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
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

const tags = (count: number): string[] => Array.from({ length: count }, (_, at) => `tag ${at + 100}`);
const address = (length: number): string => 'https://example.org/'.padEnd(length, 'é');

/** The first `bytes` characters of parts one after the other. */
const repeat = (bytes: number, part: (index: number) => string): string => {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < bytes; index += 1) length += parts[parts.push(part(index)) - 1]?.length ?? 0;
  return parts.join('').slice(0, bytes);
};

describe('the bounds of a note', () => {
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
