import { randomUUID } from 'node:crypto';
import { Client as PgClient } from 'pg';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, RequestOptions } from './support/client';
import { query } from './support/database';
import { expectProblem } from './support/problems';
import { sendRaw } from './support/raw-http';

const NOTES = '/api/v1/notes';
const BODY_LIMIT = 2_000_000;

let server: TestApp;
let token: string;

beforeAll(async () => {
  const environment = {
    BODY_LIMIT_BYTES: String(BODY_LIMIT),
    REQUEST_TIMEOUT_MS: '1000',
    DATABASE_STATEMENT_TIMEOUT_MS: '500',
    DATABASE_LOCK_TIMEOUT_MS: '300',
  };
  server = await startTestApp({ environment });
  ({ token } = await server.client.signUp());
});

afterAll(() => server.close());

function request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  return server.client.request(method, path, { token, ...options });
}

function postRaw(body: string, type = 'application/json'): Promise<Answer> {
  return request('POST', NOTES, { body, headers: { 'content-type': type } });
}

describe('a request that no route takes', () => {
  it('is 404 for an unknown path, and does not repeat the query', async () => {
    const answer = await request('GET', '/api/v1/nope?q=secret');
    expectProblem(answer, 404, 'not-found', '/api/v1/nope');
    expect(answer.text).not.toContain('secret');
    expectProblem(await request('POST', '/api/v1/nope', { body: '{', headers: {} }), 404, 'not-found', '/api/v1/nope');
    expectProblem(await request('OPTIONS', '/nope'), 404, 'not-found', '/nope');
  });

  it.each([
    ['DELETE', NOTES, 'GET, HEAD, POST'],
    ['PUT', `${NOTES}/${randomUUID()}`, 'DELETE, GET, HEAD, PATCH'],
    ['OPTIONS', '/api/v1/auth/login', 'POST'],
    ['POST', '/health/live', 'GET, HEAD'],
  ])('%s %s is 405 with the methods that are allowed', async (method, path, allow) => {
    const answer = await request(method, path);
    expectProblem(answer, 405, 'method-not-allowed', path);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each([
    ['a broken escape', '%zz'],
    ['half a character', '%c3'],
  ])('is 400 with %s in its path', async (_, id) => {
    expectProblem(await request('GET', `${NOTES}/${id}`), 400, 'malformed-request', `${NOTES}/${id}`);
  });

  it.each(['1', 'x'.repeat(500), 'x'.repeat(10_000), `${randomUUID()}%00`, '..%2f..', '__proto__'])(
    'is 400 with an id that is none (case %#)',
    async (id) => {
      const answer = await request('GET', `${NOTES}/${id}`);
      expectProblem(answer, 400, 'validation-failed', `${NOTES}/${id}`, ['errors']);
      expect(answer.body.errors).toEqual([{ pointer: '{id}', detail: 'must be a UUID', code: 'isUuid' }]);
    },
  );
});

describe('a body', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('of type %s is 415', async (type) => {
    expectProblem(await postRaw('--x--\r\n', type), 415, 'unsupported-media-type', NOTES);
  });

  it('may be application/json with parameters, in any case', async () => {
    expect((await postRaw('{"title":"a"}', 'Application/JSON; Charset=UTF-8')).status).toBe(201);
  });

  it.each([
    '{',
    '{"title":}',
    '{"title":"a"}}',
    'title=a',
    '{"title":"\n"}',
    '{"__proto__":{"title":"a"}}',
    '{"title":"a","constructor":{"prototype":{}}}',
  ])('that is no JSON is 400: %j', async (body) => {
    expectProblem(await postRaw(body), 400, 'malformed-request', NOTES);
  });

  it.each(['', '[]', '[{"title":"a"}]', '"a"', '1', 'null', 'true'])('that is no object is 400: %j', async (body) => {
    const answer = await postRaw(body);
    expectProblem(answer, 400, 'validation-failed', NOTES, ['errors']);
    expect(answer.body.errors).toEqual([{ pointer: '#', detail: 'the body must be a JSON object', code: 'isObject' }]);
  });

  it('that is missing is 400 where one is needed, and welcome to be empty where none is', async () => {
    expectProblem(await request('POST', NOTES), 400, 'validation-failed', NOTES, ['errors']);
    const headers = { 'content-type': 'application/json' };
    const { userId: _, token: other } = await server.client.signUp();
    expect((await request('POST', '/api/v1/auth/logout', { token: other, body: '', headers })).status).toBe(204);
  });

  it.each(['constructor', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__', 'nonsense', 'user_id', ''])(
    'with the unknown field %j is 400 and says so',
    async (field) => {
      const answer = await postRaw(JSON.stringify({ title: 'a', [field]: 'x' }));
      expectProblem(answer, 400, 'validation-failed', NOTES, ['errors']);
      expect(answer.body.errors).toEqual([
        { pointer: `#/${field}`, detail: 'is not a field of this request', code: 'whitelistValidation' },
      ]);
    },
  );

  it('with several faults has all of them named', async () => {
    const { body } = await postRaw(JSON.stringify({ title: 1, tags: 'a', pinned: 'yes', 'a/b~c': 1 }));
    const pointers = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.toSorted()).toEqual(['#/a~1b~0c', '#/pinned', '#/tags', '#/title']);
  });

  it('that is larger than the limit is 413, which names it', async () => {
    const answer = await postRaw(`{"body":"${'x'.repeat(BODY_LIMIT)}"}`);
    expectProblem(answer, 413, 'payload-too-large', NOTES);
    expect(answer.body.detail).toContain(String(BODY_LIMIT));
  });

  it.each([
    ['nested lists', `{"title":${'['.repeat(900_000)}${']'.repeat(900_000)}}`],
    ['nested objects', `{"tags":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}}`],
    ['many fields', JSON.stringify(Object.fromEntries(Array.from({ length: 150_000 }, (_, at) => [`f${at}`, 1])))],
    ['many tags', JSON.stringify({ tags: Array.from({ length: 400_000 }, () => 'a') })],
    ['many objects for tags', JSON.stringify({ tags: Array.from({ length: 300_000 }, () => ({})) })],
  ])('with %s is 400, in few words', async (_, body) => {
    const answer = await postRaw(body);
    expectProblem(answer, 400, 'validation-failed', NOTES, ['errors']);
    expect(answer.text.length).toBeLessThan(20_000);
  });
});

describe('a query', () => {
  it.each([
    ['limit=0', '?limit'],
    ['limit=ten', '?limit'],
    ['nonsense=1', '?nonsense'],
    ['__proto__=1', '?__proto__'],
    ['constructor=1', '?constructor'],
    ['hasOwnProperty=1', '?hasOwnProperty'],
  ])('%s is 400 and says where', async (search, pointer) => {
    const answer = await request('GET', `${NOTES}?${search}`);
    expectProblem(answer, 400, 'validation-failed', NOTES, ['errors']);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer })]);
  });
});

describe('what is not HTTP, or comes too slowly', () => {
  const head = `POST ${NOTES} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n`;

  it('is 400 when it cannot be parsed', async () => {
    expectProblem(await sendRaw(server.client.url, ['NONSENSE\r\n\r\n']), 400, 'malformed-request', '/');
  });

  it('is 431 with headers of more than 16 KiB', async () => {
    const large = `GET ${NOTES} HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(17_000)}\r\n\r\n`;
    expectProblem(await sendRaw(server.client.url, [large]), 431, 'headers-too-large', '/');
  });

  it('is 408 when the headers do not arrive in time', async () => {
    expectProblem(await sendRaw(server.client.url, [head]), 408, 'request-timeout', '/');
  });

  it('is 408 when the body does not arrive in time, though a byte comes now and then', async () => {
    const bytes = Array.from({ length: 15 }, () => ' ');
    expectProblem(await sendRaw(server.client.url, [`${head}\r\n`, ...bytes], 150), 408, 'request-timeout', NOTES);
  });

  it('does no harm when the body was refused already', async () => {
    const large = `${head.replace('20', String(BODY_LIMIT + 1))}\r\n{`;
    const { status } = await sendRaw(server.client.url, [large, 'x'], 1_500);
    expect(status).toBe(413);
    expect((await request('GET', NOTES)).status).toBe(200);
  });

  it('is cut off when it stops in the middle of the body', async () => {
    expectProblem(await sendRaw(server.client.url, [`${head}\r\n{`]), 408, 'request-timeout', NOTES);
  });
});

describe('a fault of ours', () => {
  it('is 500 without a word of the inside', async () => {
    await query(server.databaseUrl, 'alter table tags rename to tags_away');
    const answer = await request('GET', '/api/v1/tags');
    await query(server.databaseUrl, 'alter table tags_away rename to tags');
    expectProblem(answer, 500, 'internal-error', '/api/v1/tags');
    expect(answer.text).not.toMatch(/tags_away|relation|select|Error|at /);
    expect((await request('GET', '/api/v1/tags')).status).toBe(200);
  });

  it('is 503 with Retry-After when a statement or a lock takes too long', async () => {
    const blocker = new PgClient({ connectionString: server.databaseUrl });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table users in access exclusive mode');
    for (const method of ['GET', 'PATCH']) {
      const answer = await request(method, '/api/v1/users/me', method === 'PATCH' ? { body: { name: 'x' } } : {});
      expectProblem(answer, 503, 'unavailable', '/api/v1/users/me');
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    await blocker.end();
    expect((await request('GET', '/api/v1/users/me')).status).toBe(200);
  });
});
