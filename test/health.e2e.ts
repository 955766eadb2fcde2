import { HealthService } from '../src/health/health.service';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { createTestDatabase, query, type TestDatabase } from './support/database';
import { eventually } from './support/eventually';
import { expectProblem } from './support/problems';
import { TcpProxy } from './support/tcp-proxy';

const NOTES = '/api/v1/notes';
const UP = { status: 'up' };
const DOWN = { status: 'down' };

let database: TestDatabase;
let proxy: TcpProxy;
let server: TestApp;
let token: string;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await TcpProxy.start(database.url);
  server = await startTestApp({
    databaseUrl: proxy.url,
    environment: { DATABASE_STATEMENT_TIMEOUT_MS: '500', DATABASE_POOL_SIZE: '4' },
  });
  ({ token } = await server.client.signUp());
});

afterAll(async () => {
  proxy.restore();
  await server.close();
  await proxy.close();
  await database.drop();
});

function probe(name: string): Promise<Answer<{ status: string; checks: Record<string, unknown> }>> {
  return server.client.get(`/health/${name}`);
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function expectRecovery(): Promise<void> {
  await eventually('readiness', async () => ((await probe('ready')).status === 200 ? true : undefined), 20_000);
  expect((await server.client.get(NOTES, { token })).status).toBe(200);
}

describe('the probes', () => {
  it('say exactly which checks there are, and nothing else', async () => {
    const [live, ready, startup] = await Promise.all([probe('live'), probe('ready'), probe('startup')]);
    expect([live.status, live.body]).toEqual([200, { status: 'ok', checks: {} }]);
    expect([ready.status, ready.body]).toEqual([
      200,
      { status: 'ok', checks: { shutdown: UP, database: UP, migrations: UP, queue: UP } },
    ]);
    expect([startup.status, startup.body]).toEqual([200, { status: 'ok', checks: { startup: UP } }]);
    expect(ready.headers.get('cache-control')).toBe('no-store');
  });

  it('answer while the server is busy', async () => {
    const statuses = new Set<number>();
    const answered = new AbortController();
    const keepReading = async (): Promise<void> => {
      while (!answered.signal.aborted) statuses.add((await server.client.get(`${NOTES}?limit=100`, { token })).status);
    };
    const load = Array.from({ length: 100 }, keepReading);
    try {
      expect([(await probe('live')).status, (await probe('ready')).status]).toEqual([200, 200]);
    } finally {
      answered.abort();
      await Promise.all(load);
    }
    expect(statuses).toEqual(new Set([200]));
  });
});

describe('while the database is down', () => {
  beforeEach(() => proxy.cut());
  afterEach(() => proxy.restore());

  it('the server stays alive, is not ready, says so soon, and recovers by itself', async () => {
    const ms = await msOf(async () => {
      const ready = await probe('ready');
      expect([ready.status, ready.body.status, ready.body.checks.database]).toEqual([503, 'error', DOWN]);
      expect(ready.text).not.toMatch(/127\.0\.0\.1|ECONN|postgres/);
    });
    expect(ms).toBeLessThan(3_000);
    expect((await probe('live')).status).toBe(200);
    expect((await probe('startup')).status).toBe(200);
    proxy.restore();
    await expectRecovery();
  });

  it('every request is 503 with Retry-After, soon', async () => {
    const body = { email: 'a@example.org', password: 'correct horse battery' };
    const answers = await Promise.all([
      server.client.get(NOTES, { token }),
      server.client.post(NOTES, { token, body: { title: 'lost?' } }),
      server.client.post('/api/v1/auth/register', { body }),
      server.client.post('/api/v1/auth/login', { body }),
      server.client.post('/api/v1/auth/refresh', { body: { refreshToken: 'cmr_x' } }),
    ]);
    for (const answer of answers) {
      expectProblem(answer, 503, 'unavailable', answer.body.instance as string);
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    proxy.restore();
    await expectRecovery();
  });
});

describe('while the database does not answer', () => {
  it('requests are 503 before their clients give up, and new connections work at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => server.client.get(NOTES, { token })));
    proxy.silence();
    const readyMs = await msOf(async () => expect((await probe('ready')).status).toBe(503));
    expect(readyMs).toBeLessThan(3_500);
    const ms = await msOf(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => server.client.get(NOTES, { token })));
      for (const answer of answers) expectProblem(answer, 503, 'unavailable', NOTES);
    });
    expect(ms).toBeLessThan(12_000);
    proxy.restore();
    await expectRecovery();
  });
});

describe('once a shutdown has begun', () => {
  it('the server is not ready, but alive, and still serves', async () => {
    server.app.get(HealthService).beginShutdown();
    const ready = await probe('ready');
    expect([ready.status, ready.body.status, ready.body.checks.shutdown]).toEqual([503, 'error', DOWN]);
    expect((await probe('live')).status).toBe(200);
    expect((await server.client.get(NOTES, { token })).status).toBe(200);
  });
});

describe('a schema', () => {
  it('that lacks a migration makes a server not ready', async () => {
    const other = await createTestDatabase();
    await query(other.url, `delete from migrations where id = (select max(id) from migrations)`);
    const late = await startTestApp({ databaseUrl: other.url });
    const ready = await late.client.get<{ checks: object }>('/health/ready');
    expect([ready.status, ready.body.checks]).toEqual([
      503,
      { shutdown: UP, database: UP, migrations: DOWN, queue: UP },
    ]);
    await late.close();
    await other.drop();
  });
});
