import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { signInAdmin } from './support/admins';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, RequestOptions } from './support/client';
import { finishedJob } from './support/imports';
import { disagreements, document, DOCUMENT_PATH, jsonBodyOf, operations, ROOT, routesOf } from './support/openapi';
import { EMPTY_202, pendingLinks, statusOf, tourAdministration } from './support/openapi-tour';

const PUBLIC =
  /^(GET \/health\/\w+|POST \/api\/v1\/auth\/(register|login|refresh|password\/(forgot|reset)|email\/verify))$/;
const UNDOCUMENTED = /^(GET|POST) \/(docs|dev\/mail|account)(\/|$)/;

/** The one body that need not be there: clients send none with a DELETE. */
const OPTIONAL_BODY = 'DELETE /api/v1/users/me';

const typeOf = (route: string): string =>
  route === 'GET /api/v1/users/me/export/{id}' ? 'application/zip' : 'application/json';

const isProbe = (route: string): boolean => route.startsWith('GET /health/');

function form(content: string, name: string): FormData {
  const parts = new FormData();
  parts.set('file', new Blob([content]), name);
  return parts;
}

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
        ...(route.includes('/auth/') ? ['429'] : []),
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
      if (requestBody !== undefined) expect([route, requestBody.required]).toEqual([route, route !== OPTIONAL_BODY]);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name, required, schema }) => [name, required, schema.format])).toEqual(
        [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true, 'uuid']),
      );
    }
  });

  it('takes every query parameter that it names, and refuses others', async () => {
    const { token, userId } = await signInAdmin(server);
    const lists = [...operations].filter(([, { parameters }]) => parameters.some(({ in: place }) => place === 'query'));
    expect(lists.length).toBeGreaterThanOrEqual(3);
    for (const [route, { parameters }] of lists) {
      const status = async (name: string, value: unknown): Promise<number> => {
        const query = new URLSearchParams({ [name]: String(value) }).toString();
        const path = route.slice('GET '.length).replace('{id}', userId);
        return (await server.client.get(`${path}?${query}`, { token })).status;
      };
      // A cursor has no example that works: only a page gives one.
      for (const { name, schema } of parameters.filter((each) => each.in === 'query' && each.name !== 'cursor')) {
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
    const links = await pendingLinks(server, await server.client.signUp());
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
      const target = path.replace('{id}', isAdmin ? other.userId : noteId);
      const answer = await server.client.request(method, target, { token: as, body });
      expect([route, answer.status, answer.text]).toEqual([
        route,
        method === 'DELETE' ? 202 : statusOf(path),
        expect.any(String),
      ]);
      if (path.endsWith('/register')) token = String(answer.body.accessToken);
      if (path.endsWith('/notes')) noteId = String(answer.body.id);
      refreshToken = answer.body.refreshToken ?? refreshToken;
      worked.push(route);
    }
    expect(worked.length).toBeGreaterThanOrEqual(6);
  });

  it('says exactly what the server answers, headers and problems too', async () => {
    const { token, refreshToken, email } = await server.client.signUp();
    const seen = new Set<string>();
    const ask = async (route: string, id = '', options: RequestOptions & { query?: string } = {}): Promise<Answer> => {
      const [method = '', template = ''] = route.split(' ');
      const path = template.replace('{id}', id) + (options.query ?? '');
      const answer = await server.client.request(method, path, { token, ...options });
      expect([route, answer.status, disagreements(route, answer)]).toEqual([route, answer.status, []]);
      seen.add(`${answer.status} ${route}`);
      return answer;
    };
    const NOTE = '/api/v1/notes/{id}';
    const url = 'https://example.org/';
    const account = { email, password: 'correct horse battery' };
    await ask('POST /api/v1/auth/register', '', { body: { ...account, email: 'tour@example.org' } });
    await ask('POST /api/v1/auth/register', '', { body: account });
    await ask('POST /api/v1/auth/login', '', { body: account });
    await ask('POST /api/v1/auth/login', '', { body: { ...account, password: 'wrong' } });
    await ask('POST /api/v1/auth/refresh', '', { body: { refreshToken } });
    await ask('POST /api/v1/auth/password/forgot', '', { body: { email } });
    await ask('POST /api/v1/auth/email/verification');
    await ask('POST /api/v1/auth/email/change', '', { body: { email: 'tour.new@example.org' } });
    const links = await pendingLinks(server, await server.client.signUp());
    await ask('POST /api/v1/auth/email/verify', '', { body: { token: links.verify } });
    await ask('POST /api/v1/auth/email/verify', '', { body: { token: links.verify } });
    const newPassword = 'seven quiet green lamps';
    await ask('POST /api/v1/auth/password/reset', '', { body: { token: links.reset, newPassword } });
    await ask('PUT /api/v1/auth/password', '', { body: { currentPassword: 'wrong', newPassword } });
    await ask('PUT /api/v1/auth/password', '', { body: { currentPassword: account.password, newPassword } });
    await ask('GET /api/v1/users/me');
    await ask('PATCH /api/v1/users/me', '', { body: { name: 'Ada' } });
    await ask('GET /api/v1/users/me/activity');
    await ask('DELETE /api/v1/users/me', '', { body: { password: 'wrong' } });
    await ask('DELETE /api/v1/users/me');
    await ask('POST /api/v1/users/me/keep');
    const exported = await ask('POST /api/v1/users/me/export');
    await finishedJob(server.client, token, exported);
    await ask('GET /api/v1/users/me/export/{id}', String(exported.body.id));
    await ask('GET /api/v1/users/me/export/{id}', '00000000-0000-7000-8000-000000000000');
    const note = await ask('POST /api/v1/notes', '', {
      body: { title: 'Tour', body: 'Around the API', url, tags: ['x'] },
    });
    await ask('POST /api/v1/notes', '', { body: { url } });
    await ask('POST /api/v1/notes', '', { body: { title: 1, colour: 'red' } });
    await ask('POST /api/v1/notes', '', { body: '{', headers: { 'content-type': 'application/json' } });
    await ask('POST /api/v1/notes', '', { body: 'x', headers: { 'content-type': 'text/plain' } });
    await ask('POST /api/v1/notes', '', { body: { body: 'x'.repeat(3_000_000) } });
    const id = String(note.body.id);
    await ask(`GET ${NOTE}`, id);
    await ask(`GET ${NOTE}`, id, { headers: { 'If-None-Match': '"v1"' } });
    await ask(`GET ${NOTE}`, id, { token: undefined });
    await ask(`GET ${NOTE}`, '00000000-0000-7000-8000-000000000000');
    await ask(`GET ${NOTE}`, 'none');
    await ask('GET /api/v1/notes');
    const hits = await ask('GET /api/v1/notes', '', { query: '?q=tour' });
    expect(hits.body.data).toMatchObject([{ id, highlights: { title: '<mark>Tour</mark>' } }]);
    await ask('GET /api/v1/notes', '', { query: '?cursor=none' });
    await ask('GET /api/v1/tags');
    await ask(`PATCH ${NOTE}`, id, { body: { pinned: true }, headers: { 'If-Match': '"v1"' } });
    await ask(`PATCH ${NOTE}`, id, { body: { pinned: true }, headers: { 'If-Match': '"v1"' } });
    await ask(`DELETE ${NOTE}`, id, { headers: { 'If-Match': '"v1"' } });
    await ask(`DELETE ${NOTE}`, id);
    await ask(`PATCH ${NOTE}`, id, { body: { title: 'In the trash' } });
    await ask(`POST ${NOTE}/restore`, id);
    const job = await ask('POST /api/v1/imports', '', { form: form('# Imported', 'a.md') });
    await ask('POST /api/v1/imports', '', { form: form('', 'a.md') });
    await ask('POST /api/v1/imports', '', { form: form('\u0000\u0001', 'a.bin') });
    await ask('POST /api/v1/imports', '', { body: {} });
    await finishedJob(server.client, token, job);
    await ask('GET /api/v1/jobs/{id}', String(job.body.id));
    await ask('GET /api/v1/jobs');
    const TOKENS = '/api/v1/access-tokens';
    const made = await ask(`POST ${TOKENS}`, '', { body: { name: 'Tour', scopes: ['webhooks'] } });
    await ask(`POST ${TOKENS}`, '', { body: { name: 'Tour', scopes: [] } });
    const program = { token: String(made.body.token) };
    await ask(`GET ${TOKENS}`);
    await ask(`GET ${TOKENS}`, '', program);
    await ask(`GET ${TOKENS}/current`);
    await ask(`GET ${TOKENS}/current`, '', program);
    await ask(`GET ${NOTE}`, id, program);
    await ask(`DELETE ${TOKENS}/{id}`, String(made.body.id));
    await ask(`DELETE ${TOKENS}/{id}`, String(made.body.id));
    await tourAdministration(server, ask);
    for (const probe of ['live', 'ready', 'startup']) await ask(`GET /health/${probe}`, '', { token: undefined });
    await ask('POST /api/v1/auth/logout');
    const routes = new Set([...seen].map((answer) => answer.slice(4)));
    expect([...operations.keys()].filter((route) => !routes.has(route))).toEqual([]);
    const statuses = [200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 412, 413, 415, 422];
    expect([...new Set([...seen].map((answer) => Number(answer.slice(0, 3))))].toSorted()).toEqual(statuses);
  });

  it('passes the linter without a warning', async () => {
    const lint = ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'docs/openapi.json', '--format=json'];
    const { stdout } = await promisify(execFile)(process.execPath, lint, { cwd: ROOT });
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 3 } });
  });
});
