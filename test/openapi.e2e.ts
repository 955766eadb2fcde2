import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { signInAdmin } from './support/admins';
import { startTestApp, type TestApp } from './support/app';
import { document, DOCUMENT_PATH, jsonBodyOf, operations, ROOT, routesOf } from './support/openapi';
import { EMPTY_202, pendingLinks, statusOf } from './support/openapi-tour';

const PUBLIC =
  /^(GET \/health\/\w+|POST \/api\/v1\/auth\/(register|login|refresh|password\/(forgot|reset)|email\/verify|second-factor|passkeys\/(authentication|login)|exchange)|GET \/api\/v1\/auth\/(providers|oauth\/.+))$/;
const UNDOCUMENTED = /^(GET|POST) \/(docs|dev\/mail|account|s)(\/|$)/;

/** Bodies that need not be there: clients send none with a DELETE, and may have nothing to say of a share. */
const OPTIONAL_BODIES = new Set(['DELETE /api/v1/users/me', 'POST /api/v1/notes/{id}/shares']);

const OTHER_TYPES: Record<string, string> = {
  'GET /api/v1/users/me/export/{id}': 'application/zip',
  'GET /api/v1/events': 'text/event-stream',
};
const typeOf = (route: string): string => OTHER_TYPES[route] ?? 'application/json';

/** Bodies with tickets and codes, of which no example can work: they are well-formed, and refused by what they are. */
const REFUSED: Record<string, [number, string]> = {
  'POST /api/v1/auth/second-factor': [401, 'unauthorized'],
  'POST /api/v1/auth/totp/confirm': [409, 'totp-disabled'],
  'DELETE /api/v1/auth/totp': [409, 'totp-disabled'],
  'POST /api/v1/auth/passkeys': [400, 'passkey-invalid'],
  'PATCH /api/v1/auth/passkeys/{id}': [404, 'not-found'],
  // The id is that of a note.
  'PATCH /api/v1/notebooks/{id}': [404, 'not-found'],
  'PATCH /api/v1/tags/{id}': [404, 'not-found'],
  'PATCH /api/v1/searches/{id}': [404, 'not-found'],
  'PATCH /api/v1/shares/{id}': [404, 'not-found'],
  'POST /api/v1/shared/{token}': [404, 'not-found'],
  'POST /api/v1/tags/{id}/merge': [404, 'not-found'],
  'POST /api/v1/auth/passkeys/login': [401, 'unauthorized'],
};

/** What neither guesses nor sends: only shown, or guarded by its state. */
const UNLIMITED = /^GET \/api\/v1\/auth\/(providers|identities|oauth\/\{provider\}\/callback)$/;

/** Their examples are codes, and no code that was given out can be an example. */
const TAKES_CODE = /\/auth\/(exchange|identities)$/;

const isProbe = (route: string): boolean => route.startsWith('GET /health/');

describe('the OpenAPI document', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { BODY_LIMIT_BYTES: '2000000' } });
  });

  afterAll(() => server.close());

  it('is served as it is committed: if not, run `npm run openapi`', async () => {
    const served = await server.client.get('/docs/openapi.json');
    expect(`${JSON.stringify(served.body, null, 2)}\n`).toBe(readFileSync(DOCUMENT_PATH, 'utf8'));
  });

  it('has every route of the server and no other', () => {
    const routes = routesOf(server.app.getHttpAdapter().getInstance());
    const documented = routes.filter((route) => !UNDOCUMENTED.test(route));
    expect(documented.toSorted()).toEqual([...operations.keys()].toSorted());
    expect(routes).toContain('GET /dev/mail/{name}');
  });

  it('names and describes every operation, response and parameter', () => {
    const tags = new Set(document.tags.map((tag) => tag.name));
    for (const [route, operation] of operations) {
      expect([route, operation.summary.length > 5, operation.operationId]).toEqual([
        route,
        true,
        expect.stringMatching(/^[a-z]+_[a-zA-Z]+$/),
      ]);
      expect([route, operation.tags.filter((tag) => tags.has(tag))]).toEqual([route, [expect.any(String)]]);
      const described = [...Object.values(operation.responses), ...operation.parameters];
      expect([route, described.filter(({ description = '' }) => description === '')]).toEqual([route, []]);
    }
    const ids = [...operations.values()].map((operation) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('documents every property of every schema', () => {
    const bare = Object.entries(document.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, { description, example, format }]) => [description, example, format].every((x) => x === undefined))
        .map(([property]) => `${name}.${property}`),
    );
    expect(bare).toEqual([]);
  });

  it('says with which problems each operation can answer', () => {
    for (const [route, { parameters, requestBody, responses }] of operations) {
      if (isProbe(route)) continue;
      const takesJson = requestBody?.content['application/json'] !== undefined;
      const conditional = parameters.some((parameter) => parameter.name === 'If-Match');
      const expected = [
        ...(parameters.length > 0 || requestBody ? ['400'] : []),
        ...(PUBLIC.test(route) ? [] : ['401']),
        ...(route.includes('{id}') ? ['404'] : []),
        ...(conditional ? ['412'] : []),
        ...(takesJson ? ['408', '413', '415'] : []),
        ...(/\/auth\/(?!sessions)/.test(route) && !UNLIMITED.test(route) ? ['429'] : []),
        '500',
        '503',
      ];
      expect([route, Object.keys(responses)]).toEqual([route, expect.arrayContaining(expected)]);
      for (const [status, { content }] of Object.entries(responses)) {
        const isEmpty = status >= '204' || (status === '202' && EMPTY_202.test(route));
        const types = status >= '400' ? ['application/problem+json'] : isEmpty ? [] : [typeOf(route)];
        expect([route, status, Object.keys(content ?? {})]).toEqual([route, status, types]);
      }
    }
    expect(Object.keys(operations.get('POST /api/v1/imports')?.responses ?? {})).toEqual(
      expect.arrayContaining(['413', '415', '422']),
    );
    for (const route of ['POST /api/v1/auth/register', 'POST /api/v1/notes', 'PATCH /api/v1/notes/{id}']) {
      expect([route, operations.get(route)?.responses]).toEqual([
        route,
        expect.objectContaining({ 409: expect.anything() }),
      ]);
    }
  });

  it('requires the bodies and the path parameters', () => {
    for (const [route, { parameters, requestBody }] of operations) {
      const isRequired = !OPTIONAL_BODIES.has(route);
      if (requestBody !== undefined) expect([route, requestBody.required]).toEqual([route, isRequired]);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name, required, schema }) => [name, required, schema.format])).toEqual(
        [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true, name === 'id' ? 'uuid' : undefined]),
      );
    }
  });

  it('takes every query parameter that it names, and refuses others', async () => {
    const { token, userId } = await signInAdmin(server);
    const note = await server.client.post('/api/v1/notes', { token, body: { title: 'First' } });
    const noteId = String(note.body.id);
    await server.client.patch(`/api/v1/notes/${noteId}`, { token, body: { title: 'Second' } });
    const lists = [...operations]
      .filter(([, { parameters }]) => parameters.some(({ in: place }) => place === 'query'))
      // What begins at a provider answers by sending the browser there.
      .filter(([, { responses }]) => responses['200'] !== undefined);
    expect(lists.length).toBeGreaterThanOrEqual(3);
    for (const [route, { parameters }] of lists) {
      const status = async (name: string, value: unknown): Promise<number> => {
        const query = new URLSearchParams({ [name]: String(value) }).toString();
        const id = route.includes('/notes/') ? noteId : userId;
        const path = route.slice('GET '.length).replace('{id}', id).replace('{version}', '1');
        return (await server.client.get(`${path}?${query}`, { token })).status;
      };
      // A cursor has no example that works: only a page gives one.
      for (const { name, schema } of parameters.filter(
        (each) => each.in === 'query' && !['cursor', 'since'].includes(each.name),
      )) {
        const value = schema.example ?? schema.default ?? schema.enum?.[0] ?? schema.type === 'boolean';
        expect([route, name, await status(name, value)]).toEqual([route, name, 200]);
      }
      expect([route, await status('offset', 20)]).toEqual([route, 400]);
    }
  });

  it('has examples of bodies that work, in the order in which it lists them', async () => {
    let token: string | undefined;
    let refreshToken: unknown;
    let noteId = '';
    const worked: string[] = [];
    const links = await pendingLinks(server);
    const [admin, other] = [await signInAdmin(server), await server.client.signUp()];
    for (const [route, operation] of operations) {
      const schema = jsonBodyOf(operation);
      if (schema === undefined) continue;
      const [method = '', path = ''] = route.split(' ');
      const body = Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, { example }]) => [name, example]),
      );
      // An example cannot be a token that was given out.
      if (path.endsWith('/refresh')) body.refreshToken = refreshToken;
      if (path.endsWith('/password/reset')) body.token = links.reset;
      if (path.endsWith('/email/verify')) body.token = links.verify;
      // It would end what the others go on with.
      const isAdmin = path.includes('/admin/');
      const as = path.endsWith('/auth/password') ? (await server.client.signUp()).token : isAdmin ? admin.token : token;
      const id = isAdmin ? other.userId : noteId || '00000000-0000-7000-8000-000000000000';
      const answer = await server.client.request(method, path.replace('{id}', id), { token: as, body });
      if (REFUSED[route] !== undefined) {
        const [status, code] = REFUSED[route];
        expect([route, answer.status, answer.body.type]).toEqual([route, status, `urn:commonplace:problem:${code}`]);
        continue;
      }
      expect([route, answer.status, answer.text]).toEqual([
        route,
        TAKES_CODE.test(path) ? 400 : method === 'DELETE' ? 202 : statusOf(path),
        expect.any(String),
      ]);
      if (path.endsWith('/register')) token = String(answer.body.accessToken);
      if (path.endsWith('/notes')) noteId = String(answer.body.id);
      refreshToken = answer.body.refreshToken ?? refreshToken;
      worked.push(route);
    }
    expect(worked.length).toBeGreaterThanOrEqual(6);
  });

  it('passes the linter without a warning', async () => {
    const lint = ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'docs/openapi.json', '--format=json'];
    const { stdout } = await promisify(execFile)(process.execPath, lint, { cwd: ROOT });
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 6 } });
  });
});
