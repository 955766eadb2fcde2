import { startTestApp, type TestApp } from './support/app';
import type { Answer, RequestOptions } from './support/client';
import { finishedJob } from './support/imports';
import { disagreements, operations } from './support/openapi';
import {
  pendingLinks,
  tourAdministration,
  tourLinks,
  tourOrganising,
  tourRevisions,
  tourShares,
} from './support/openapi-tour';
import { codeOf, wrongCodeOf } from './support/second-factor';

function form(content: string, name: string): FormData {
  const parts = new FormData();
  parts.set('file', new Blob([content]), name);
  return parts;
}

describe('the OpenAPI document, held against a tour of every operation', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { BODY_LIMIT_BYTES: '2000000' } });
  });

  afterAll(() => server.close());

  it('says exactly what the server answers, headers and problems too', async () => {
    const { token, refreshToken, email } = await server.client.signUp();
    const seen = new Set<string>();
    const ask = async (route: string, id = '', options: RequestOptions & { query?: string } = {}): Promise<Answer> => {
      const [method = '', template = ''] = route.split(' ');
      const path = template.replace(/\{(id|token)\}/, id).replace('{version}', '2') + (options.query ?? '');
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
    await ask('POST /api/v1/auth/reauthenticate', '', { body: { password: account.password } });
    await ask('POST /api/v1/auth/reauthenticate', '', { body: { password: 'wrong' } });
    const sessions = await ask('GET /api/v1/auth/sessions');
    const [latest] = sessions.body.data as { id: string; current: boolean }[];
    await ask('DELETE /api/v1/auth/sessions/{id}', latest?.current === false ? latest.id : '');
    await ask('DELETE /api/v1/auth/sessions');
    await ask('POST /api/v1/auth/password/forgot', '', { body: { email } });
    await ask('POST /api/v1/auth/email/verification');
    await ask('POST /api/v1/auth/email/change', '', { body: { email: 'tour.new@example.org' } });
    const links = await pendingLinks(server);
    await ask('POST /api/v1/auth/email/verify', '', { body: { token: links.verify } });
    await ask('POST /api/v1/auth/email/verify', '', { body: { token: links.verify } });
    const newPassword = 'seven quiet green lamps';
    await ask('POST /api/v1/auth/password/reset', '', { body: { token: links.reset, newPassword } });
    await ask('PUT /api/v1/auth/password', '', { body: { currentPassword: 'wrong', newPassword } });
    await ask('PUT /api/v1/auth/password', '', { body: { currentPassword: account.password, newPassword } });
    await ask('GET /api/v1/users/me');
    await ask('GET /api/v1/users/me/quota');
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
    await ask('GET /api/v1/notes/facets', '', { query: '?q=tour' });
    expect(hits.body.data).toMatchObject([{ id, highlights: { title: '<mark>Tour</mark>' } }]);
    await ask('GET /api/v1/notes', '', { query: '?cursor=none' });
    await tourOrganising(ask);
    await ask(`PATCH ${NOTE}`, id, { body: { pinned: true }, headers: { 'If-Match': '"v1"' } });
    await ask(`PATCH ${NOTE}`, id, { body: { pinned: true }, headers: { 'If-Match': '"v1"' } });
    await tourRevisions(ask, id);
    await tourLinks(ask);
    await tourShares(ask, id);
    await ask(`DELETE ${NOTE}`, id, { query: '?permanent=true' });
    await ask(`DELETE ${NOTE}`, id, { headers: { 'If-Match': '"v1"' } });
    await ask(`DELETE ${NOTE}`, id);
    await ask(`PATCH ${NOTE}`, id, { body: { title: 'In the trash' } });
    await ask(`POST ${NOTE}/restore`, id);
    const batch = [
      { op: 'create', note: { title: 'Batched' } },
      { op: 'trash', id: '00000000-0000-7000-8000-000000000000' },
    ];
    await ask('POST /api/v1/notes/batch', '', { body: { operations: batch } });
    await ask('POST /api/v1/notes/batch', '', { body: { operations: batch, atomic: true } });
    await ask('POST /api/v1/notes/bulk', '', { body: { filter: { tag: 'x' }, change: { pinned: true } } });
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
    const AUTH = '/api/v1/auth';
    await ask(`POST ${AUTH}/recovery-codes`);
    await ask(`DELETE ${AUTH}/totp`, '', { body: { code: '123456' } });
    const { body: app } = await ask(`POST ${AUTH}/totp`);
    await ask(`POST ${AUTH}/totp/confirm`, '', { body: { code: wrongCodeOf(String(app.secret)) } });
    await ask(`POST ${AUTH}/totp/confirm`, '', { body: { code: codeOf(String(app.secret)) } });
    await ask(`GET ${AUTH}/second-factor`);
    const { body: step } = await ask(`POST ${AUTH}/login`, '', { body: account });
    const next = { ticket: step.ticket, code: codeOf(String(app.secret), 1) };
    await ask(`POST ${AUTH}/second-factor`, '', { body: { ...next, code: '1234567' } });
    await ask(`POST ${AUTH}/second-factor`, '', { body: next });
    const { body: recovery } = await ask(`POST ${AUTH}/recovery-codes`);
    await ask(`DELETE ${AUTH}/totp`, '', { body: { code: (recovery.recoveryCodes as string[])[0] } });
    const { body: adding } = await ask(`POST ${AUTH}/passkeys/registration`);
    const credential = { id: 'AA', rawId: 'AA', type: 'public-key' };
    const fields = { clientDataJSON: 'AA', attestationObject: 'AA', authenticatorData: 'AA', signature: 'AA' };
    await ask(`POST ${AUTH}/passkeys`, '', {
      body: { ticket: adding.ticket, response: { ...credential, response: fields } },
    });
    await ask(`GET ${AUTH}/passkeys`);
    await ask(`PATCH ${AUTH}/passkeys/{id}`, id, { body: { name: 'Phone' } });
    await ask(`DELETE ${AUTH}/passkeys/{id}`, id);
    const { body: signing } = await ask(`POST ${AUTH}/passkeys/authentication`);
    await ask(`POST ${AUTH}/passkeys/login`, '', {
      body: { ticket: signing.ticket, response: { ...credential, response: fields } },
    });
    const BEGIN = 'GET /api/v1/auth/oauth/{provider}';
    const code = { code: 'cmo_unknown' };
    await ask('GET /api/v1/auth/providers');
    for (const route of [BEGIN, `${BEGIN}/callback`]) await ask(route);
    await ask('POST /api/v1/auth/exchange', '', { body: code });
    await ask('GET /api/v1/auth/identities');
    await ask('POST /api/v1/auth/identities', '', { body: code });
    await ask('DELETE /api/v1/auth/identities/{id}', id);
    await ask('POST /api/v1/auth/logout');
    const routes = new Set([...seen].map((answer) => answer.slice(4)));
    expect([...operations.keys()].filter((route) => !routes.has(route))).toEqual([]);
    const statuses = [200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 412, 413, 415, 422];
    expect([...new Set([...seen].map((answer) => Number(answer.slice(0, 3))))].toSorted()).toEqual(statuses);
  });
});
