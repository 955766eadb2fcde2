import { Config } from '../src/config/config';
import { createLogger } from '../src/telemetry/logger';
import { Accounts, claimsOf, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import { eventually } from './support/eventually';

const NOTES = '/api/v1/notes';
const ORIGIN = 'https://app.example.org';

interface LogLine extends Record<string, unknown> {
  msg: string;
  reqId?: string;
}

const log: string[] = [];
let server: TestApp;

beforeAll(async () => {
  const config = Object.assign(new Config(), { LOG_LEVEL: 'trace' });
  const logger = createLogger(config, { write: (line: string) => void log.push(line) });
  server = await startTestApp({ logger, environment: { CORS_ORIGINS: `${ORIGIN},http://localhost:5173` } });
});

afterAll(() => server.close());

function linesOf(requestId: string | null): LogLine[] {
  return log.map((line) => JSON.parse(line) as LogLine).filter(({ reqId }) => reqId === requestId);
}

function preflight(origin: string): Promise<Answer> {
  return server.client.request('OPTIONS', `${NOTES}/x`, {
    headers: {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,content-type,if-match',
    },
  });
}

const marked = (what: string): string => `SECRET-${what}-1b2f`;

describe('the request id', () => {
  it.each(['abcd1234', 'A.b_c-1234', 'x'.repeat(128)])('of the caller is kept: %s', async (id) => {
    const { headers } = await server.client.get('/health/live', { headers: { 'x-request-id': id } });
    expect(headers.get('x-request-id')).toBe(id);
  });

  it.each(['short', 'x'.repeat(129), 'has space', 'new\tline', 'quote"1234', '{"level":60}', 'ünïcödé-id'])(
    'of the caller is replaced when it is unfit for a log: %j',
    async (id) => {
      const { headers } = await server.client.get('/health/live', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    },
  );
});

describe('CORS', () => {
  it('lets the configured origins ask, with every method and header of the API', async () => {
    for (const origin of [ORIGIN, 'http://localhost:5173']) {
      const { status, headers } = await preflight(origin);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin]);
      expect(headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(headers.get('access-control-allow-headers')).toContain('if-match');
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('x-request-id')).toBeTruthy();
    }
  });

  it('shows them answers and problems with the headers that a client needs', async () => {
    const { status, headers } = await server.client.get(NOTES, { headers: { origin: ORIGIN } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN]);
    expect(headers.get('access-control-expose-headers')).toMatch(/ETag.*Link.*Location.*Retry-After.*X-Request-Id/);
    expect(headers.get('vary')).toContain('Origin');
  });

  it.each(['https://evil.example.org', 'https://app.example.org.evil.example', 'null', 'http://app.example.org'])(
    'does not let %s ask',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect(
        (await server.client.get(NOTES, { headers: { origin } })).headers.get('access-control-allow-origin'),
      ).toBeNull();
    },
  );
});

describe('security headers', () => {
  it.each(['/health/live', '/docs', '/api/v1/notes', '/nope'])('are there at %s', async (path) => {
    const { headers } = await server.client.get(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('let Swagger UI run, which has no script of its own in the page', async () => {
    const { text, status } = await server.client.get('/docs');
    expect(status).toBe(200);
    const scripts = [...text.matchAll(/<script([^>]*)>([^<]*)/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes, content] of scripts) {
      expect(content?.trim()).toBe('');
      const source = /src=['"]([^'"]+)/.exec(attributes ?? '')?.[1] ?? '';
      expect((await server.client.get(new URL(source, `${server.client.url}/docs`).pathname)).status).toBe(200);
    }
  });
});

describe('the log', () => {
  it('has one line a request: who asked for which route, how it ended and how long it took', async () => {
    const { token, userId } = await server.client.signUp();
    const { headers } = await server.client.get(`${NOTES}?q=needle`, { token });
    const lines = await eventually('a log line', () => {
      const found = linesOf(headers.get('x-request-id'));
      return found.length > 0 ? found : undefined;
    });
    expect(lines).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        pid: process.pid,
        reqId: expect.any(String),
        method: 'GET',
        route: NOTES,
        status: 200,
        durationMs: expect.any(Number),
        userId,
        msg: 'request',
      },
    ]);
  });

  it('has one also for what finds no route, cannot be parsed, or is not waited for', async () => {
    const { token } = await server.client.signUp();
    const cases: [string, RequestInit & { leavesAfterMs?: number }, Partial<LogLine>][] = [
      ['/nope', {}, { route: 'none', status: 404 }],
      [`${NOTES}/%zz`, {}, { route: 'none', status: 400 }],
      [
        NOTES,
        { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'GET' } },
        { status: 204 },
      ],
      ['/api/v1/users/me', { leavesAfterMs: 200, headers: { authorization: `Bearer ${token}` } }, { status: 499 }],
    ];
    await query(server.databaseUrl, 'alter table users rename to users_away');
    await query(server.databaseUrl, 'create view users as select *, pg_sleep(1)::text from users_away');
    for (const [at, [path, { leavesAfterMs = 60_000, ...init }, expected]] of cases.entries()) {
      const id = `log-test-${at}`;
      const headers = { ...init.headers, 'x-request-id': id };
      const signal = AbortSignal.timeout(leavesAfterMs);
      await fetch(server.client.url + path, { ...init, headers, signal }).catch(() => undefined);
      const lines = await eventually('a log line', () => (linesOf(id).length > 0 ? linesOf(id) : undefined));
      expect(lines.filter(({ msg }) => msg === 'request')).toEqual([expect.objectContaining(expected)]);
    }
    await query(server.databaseUrl, 'drop view users');
    await query(server.databaseUrl, 'alter table users_away rename to users');
  });

  it('never has a password, a token, the text of a note or a search, also not of what went wrong', async () => {
    const accounts = new Accounts(server);
    const email = 'secretive@example.org';
    await accounts.post('register', { email, password: marked('password'), name: marked('name') });
    const { body: session } = await accounts.post('login', { email, password: marked('password') });
    await accounts.post('login', { email, password: marked('wrong-password') });
    const { body: next } = await accounts.refresh(session.refreshToken);
    await accounts.refresh(marked('refresh'));
    const { client } = server;
    const token = next.accessToken;
    const note = {
      title: marked('title'),
      body: marked('body'),
      url: `https://example.org/${marked('url')}`,
      tags: [marked('tag')],
    };
    const { body: made } = await client.post<{ id: string }>(NOTES, { token, body: note });
    await client.get(`${NOTES}?q=${marked('search')}&tag=${marked('tag')}`, {
      token,
      headers: { cookie: marked('cookie') },
    });
    await client.get(`${NOTES}?nonsense=${marked('search')}`, { token });
    await client.patch(`${NOTES}/${made.id}`, { token, body: { body: `${marked('body')} again` } });
    await client.post(NOTES, { token, body: `{"title":"${marked('title')}` });
    await client.get(NOTES, { token: marked('access') });
    await breakDatabase(async () => {
      expect((await client.post(NOTES, { token, body: note })).status).toBe(500);
      expect((await client.patch(`${NOTES}/${made.id}`, { token, body: { body: marked('body') } })).status).toBe(500);
      expect((await client.patch('/api/v1/users/me', { token, body: { name: marked('other-name') } })).status).toBe(
        500,
      );
      expect(
        (
          await accounts.post('register', {
            email: 'other@example.org',
            password: marked('password'),
            name: marked('name'),
          })
        ).status,
      ).toBe(500);
      expect((await accounts.post('login', { email, password: marked('password') })).status).toBe(500);
    });
    const text = log.join('');
    const errors = log.map((line) => JSON.parse(line) as LogLine).filter(({ level }) => level === 50);
    expect(errors.length).toBeGreaterThanOrEqual(5);
    expect(errors.at(-1)).toMatchObject({
      err: {
        type: expect.any(String),
        message: expect.any(String),
        stack: expect.any(String),
        code: expect.any(String),
      },
    });
    expect(text).not.toMatch(/SECRET|needle|argon2|eyJ/);
    expect(text).not.toContain(PASSWORD);
    for (const secret of [session.accessToken, session.refreshToken, next.refreshToken, String(claimsOf(token).sid)]) {
      expect(text).not.toContain(secret);
    }
  });
});

/** Lets every write of a user, a session or a note fail with an error that shows the row. */
async function breakDatabase(meanwhile: () => Promise<void>): Promise<void> {
  const tables = ['users', 'sessions', 'notes'];
  for (const table of tables)
    await query(server.databaseUrl, `alter table ${table} add constraint broken check (now() is null) not valid`);
  await meanwhile();
  for (const table of tables) await query(server.databaseUrl, `alter table ${table} drop constraint broken`);
}
