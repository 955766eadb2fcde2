import { startTestApp, type TestApp } from './support/app';
import { Notes, type Note, type ProblemBody } from './support/notes';

const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const MIB = 1_048_576;

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp({ environment: { BODY_LIMIT_BYTES: '4000000' } });
  notes = await Notes.signUp(app.client);
});

afterAll(() => app.close());

const send = (id: string, operations: unknown, headers: Record<string, string> = {}) =>
  notes.send<Note & ProblemBody>('PATCH', `/${id}`, operations, { ...JSON_PATCH, ...headers });

async function patch(id: string, operations: unknown): Promise<Note> {
  const answer = await send(id, operations);
  if (answer.status !== 200) throw new Error(answer.text);
  expect(answer.headers.get('etag')).toBe(`"v${answer.body.version}"`);
  return answer.body;
}

describe('a JSON patch', () => {
  it.each<[string, object[], object]>([
    ['add', [{ op: 'add', path: '/title', value: ' T ' }], { title: 'T' }],
    ['remove', [{ op: 'remove', path: '/url' }], { url: null, kind: 'note' }],
    ['replace', [{ op: 'replace', path: '/body', value: 'B' }], { body: 'B' }],
    ['move', [{ op: 'move', from: '/title', path: '/body' }], { title: null, body: 'title' }],
    ['copy', [{ op: 'copy', from: '/body', path: '/title' }], { title: 'body' }],
    [
      'test, then flags',
      [
        { op: 'test', path: '/pinned', value: false },
        { op: 'replace', path: '/pinned', value: true },
      ],
      { pinned: true },
    ],
    ['archive', [{ op: 'replace', path: '/archived', value: true }], { archivedAt: expect.any(String) }],
    [
      'a tag more',
      [
        { op: 'add', path: '/tags/-', value: 'c' },
        { op: 'add', path: '/tags/0', value: 'd' },
      ],
      { tags: ['a', 'b', 'c', 'd'] },
    ],
    [
      'a tag less',
      [
        { op: 'test', path: '/tags', value: ['a', 'b'] },
        { op: 'remove', path: '/tags/0' },
      ],
      { tags: ['b'] },
    ],
    ['a tag to the title', [{ op: 'move', from: '/tags/1', path: '/title' }], { title: 'b', tags: ['a'] }],
    ['no tags', [{ op: 'remove', path: '/tags' }], { tags: [] }],
    ['text in', [{ op: 'str_ins', path: '/body', pos: 4, str: ', and more' }], { body: 'body, and more' }],
    ['text out, by length', [{ op: 'str_del', path: '/title', pos: 1, len: 3 }], { title: 'te' }],
    ['text out, as it is', [{ op: 'str_del', path: '/title', pos: 1, str: 'itl', note: 'ignored' }], { title: 'te' }],
    ['nothing', [], {}],
  ])('%s', async (name, operations, expected) => {
    const url = `https://example.org/patch/${encodeURIComponent(name)}`;
    const note = await notes.create({ title: 'title', body: 'body', url, tags: ['a', 'b'] });
    const changed = await patch(note.id, operations);
    const version = operations.length === 0 ? 1 : 2;
    expect(changed).toEqual({ ...note, ...expected, version, updatedAt: changed.updatedAt });
    expect(await notes.read(note.id)).toEqual(changed);
  });

  it('changes one word of a body of 1 MiB by a request of less than 300 bytes', async () => {
    const body = `${'word '.repeat(MIB / 5).slice(0, MIB - 20)}`;
    const { id } = await notes.create({ body });
    const pos = 500_000;
    const operations = [
      { op: 'str_del', path: '/body', pos, str: 'word' },
      { op: 'str_ins', path: '/body', pos, str: 'another' },
    ];
    expect(Buffer.byteLength(JSON.stringify(operations))).toBeLessThan(300);
    const changed = await patch(id, operations);
    expect(changed.body === `${body.slice(0, pos)}another${body.slice(pos + 4)}`).toBe(true);
    expect(await notes.read(id)).toMatchObject({ version: 2 });
  });

  it('counts UTF-16 code units, and cannot leave half a character', async () => {
    const { id } = await notes.create({ body: '😀x' });
    const half = await send(id, [{ op: 'str_del', path: '/body', pos: 0, len: 1 }]);
    expect([half.status, half.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['#/body']]);
    expect(await patch(id, [{ op: 'str_ins', path: '/body', pos: 2, str: 'é' }])).toMatchObject({ body: '😀éx' });
  });

  it('is all or nothing, and says which operation found something else: 409', async () => {
    const note = await notes.create({ title: 'a', tags: ['t'] });
    for (const [code, operation] of [
      ['patch-test-failed', { op: 'test', path: '/title', value: 'b' }],
      ['patch-test-failed', { op: 'test', path: '/tags', value: ['T'] }],
      ['patch-test-failed', { op: 'str_del', path: '/title', pos: 0, str: 'b' }],
      ['patch-not-applicable', { op: 'remove', path: '/tags/1' }],
      ['patch-not-applicable', { op: 'add', path: '/tags/2', value: 'x' }],
      ['patch-not-applicable', { op: 'move', from: '/tags/0', path: '/tags/1' }],
      ['patch-not-applicable', { op: 'copy', from: '/tags/7', path: '/title' }],
      ['patch-not-applicable', { op: 'str_ins', path: '/body', pos: 0, str: 'x' }],
      ['patch-not-applicable', { op: 'str_del', path: '/title', pos: 1, len: 2 }],
    ] as const) {
      const answer = await send(note.id, [{ op: 'add', path: '/pinned', value: true }, operation]);
      const type = `urn:commonplace:problem:${code}`;
      expect([operation, answer.status, answer.body]).toEqual([
        operation,
        409,
        expect.objectContaining({ type, operation: 1 }),
      ]);
      expect(await notes.read(note.id)).toEqual(note);
    }
  });

  it.each<[string, unknown, string]>([
    ['an object', { title: 'b' }, '#'],
    ['too many operations', Array.from({ length: 1_001 }, () => ({ op: 'test', path: '/title', value: 'a' })), '#'],
    ['no operation', ['remove'], '#/0'],
    ['an unknown operation', [{ op: 'splice', path: '/title' }], '#/0/op'],
    ['no path', [{ op: 'remove' }], '#/0/path'],
    ['the whole note', [{ op: 'replace', path: '', value: {} }], '#/0/path'],
    ['an unknown field', [{ op: 'add', path: '/colour', value: 'red' }], '#/0/path'],
    ['the id', [{ op: 'replace', path: '/id', value: 'x' }], '#/0/path'],
    ['a prototype', [{ op: 'add', path: '/__proto__/polluted', value: true }], '#/0/path'],
    ['a constructor', [{ op: 'add', path: '/constructor/prototype/polluted', value: true }], '#/0/path'],
    ['a prototype to copy from', [{ op: 'copy', from: '/__proto__', path: '/title' }], '#/0/from'],
    ['a list into itself', [{ op: 'copy', from: '/tags', path: '/tags/-' }], '#/0/from'],
    ['no index', [{ op: 'replace', path: '/tags/-', value: 'x' }], '#/0/path'],
    ['no value', [{ op: 'add', path: '/title' }], '#/0/value'],
    ['an object as a title', [{ op: 'add', path: '/title', value: {} }], '#/0/value'],
    ['lists as tags', [{ op: 'add', path: '/tags', value: [['x']] }], '#/0/value'],
    ['a number as a title', [{ op: 'add', path: '/title', value: 7 }], '#/title'],
    ['a tag that is none', [{ op: 'add', path: '/tags/-', value: 'a,b' }], '#/tags'],
    ['a fraction', [{ op: 'str_ins', path: '/title', pos: 0.5, str: 'x' }], '#/0/pos'],
    ['a place before the beginning', [{ op: 'str_del', path: '/title', pos: -1, len: 1 }], '#/0/pos'],
    ['no length', [{ op: 'str_del', path: '/title', pos: 0 }], '#/0/len'],
    ['no text', [{ op: 'str_ins', path: '/title', pos: 0, str: 1 }], '#/0/str'],
    ['a text in a flag', [{ op: 'str_ins', path: '/pinned', pos: 0, str: 'x' }], '#/0/path'],
    ['nothing left', [{ op: 'remove', path: '/title' }], '#'],
  ])('is refused, and changes nothing: %s', async (_, operations, pointer) => {
    const note = await notes.create({ title: 'a' });
    const answer = await send(note.id, operations);
    expect([answer.status, answer.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
    expect(await notes.read(note.id)).toEqual(note);
    expect({}).not.toHaveProperty('polluted');
  });

  it('obeys If-Match, the trash and the one bookmark of an address as a merge patch does', async () => {
    const existing = await notes.create({ url: 'https://example.org/one' });
    const { id } = await notes.create({ title: 'a' });
    const operations = [{ op: 'add', path: '/url', value: 'https://example.org/one' }];
    expect((await send(id, operations, { 'if-match': '"v2"' })).status).toBe(412);
    expect((await send(id, operations, { 'if-match': '"v1"' })).body).toMatchObject({ existingId: existing.id });
    await notes.trash(id);
    expect((await send(id, operations)).body.type).toBe('urn:commonplace:problem:note-in-trash');
  });

  it('is taken there only, which a refusal of another media type says: Accept-Patch', async () => {
    const { id } = await notes.create({ title: 'a' });
    const answer = await notes.send('PATCH', `/${id}`, 'title: b', { 'content-type': 'text/yaml' });
    expect([answer.status, answer.headers.get('accept-patch')]).toEqual([
      415,
      'application/json, application/merge-patch+json, application/json-patch+json',
    ]);
    expect((await notes.send('POST', '', [], JSON_PATCH)).status).toBe(415);
  });
});
