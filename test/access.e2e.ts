import { startTestApp, type TestApp } from './support/app';
import type { SignedIn } from './support/client';
import { query } from './support/database';
import { finishedJob, upload } from './support/imports';

interface Operation {
  method: string;
  path: string;
  isPublic: boolean;
}

type OpenApi = { paths: Record<string, Record<string, { security?: unknown[] }>> };

/** Every route that needs no user, by name: a new one is added here on purpose, or not at all. */
const PUBLIC_ROUTES = [
  'GET /api/v1/auth/oauth/{provider}',
  'GET /api/v1/auth/oauth/{provider}/callback',
  'GET /api/v1/auth/providers',
  'GET /health/live',
  'GET /health/ready',
  'GET /health/startup',
  'POST /api/v1/auth/exchange',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
];

describe('access', () => {
  let server: TestApp;
  let operations: Operation[];
  let owner: SignedIn;
  let stranger: SignedIn;
  /** For each path with an id, a thing of the owner that it leads to. */
  let things: Record<string, string>;

  beforeAll(async () => {
    server = await startTestApp();
    const { body } = await server.client.get<OpenApi>('/docs/openapi.json');
    operations = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { security = [] }]) => ({
        method: method.toUpperCase(),
        path,
        isPublic: security.length === 0,
      })),
    );
    owner = await server.client.signUp();
    stranger = await server.client.signUp();
    const note = await server.client.post('/api/v1/notes', { token: owner.token, body: { title: 'Mine' } });
    const job = await finishedJob(
      server.client,
      owner.token,
      await upload(server.client, owner.token, '# Mine too', 'x.md'),
    );
    const [identity] = await query<{ id: string }>(
      server.databaseUrl,
      `insert into identities (id, user_id, provider, subject) values (gen_random_uuid(), $1, 'google', '1') returning id`,
      [owner.userId],
    );
    things = { notes: String(note.body.id), jobs: job.id, identities: String(identity?.id) };
  });

  afterAll(() => server.close());

  it('is open on exactly the routes that are listed as public', () => {
    const open = operations.filter((operation) => operation.isPublic).map(({ method, path }) => `${method} ${path}`);
    expect(open.sort()).toEqual(PUBLIC_ROUTES);
  });

  it('needs a user everywhere else', async () => {
    const closed = operations.filter((operation) => !operation.isPublic);
    expect(closed.length).toBeGreaterThan(10);
    for (const { method, path } of closed) {
      const answer = await server.client.request(method, pathTo(path));
      expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer']);
    }
  });

  it('shows a stranger nothing, and lets a stranger change nothing: 404 on every route with an id', async () => {
    const owned = operations.filter(({ path }) => path.includes('{id}'));
    expect(owned.length).toBeGreaterThanOrEqual(5);
    for (const { method, path } of owned) {
      const body = method === 'PATCH' ? { title: 'Taken' } : undefined;
      const answer = await server.client.request(method, pathTo(path), { token: stranger.token, body });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    const note = await server.client.get(`/api/v1/notes/${things.notes ?? ''}`, { token: owner.token });
    expect(note.body).toMatchObject({ title: 'Mine', version: 1, deletedAt: null });
  });

  it('lists to a stranger nothing of the owner', async () => {
    const lists = operations.filter(
      ({ method, path }) =>
        method === 'GET' && path.startsWith('/api/v1') && !path.includes('{') && path !== '/api/v1/users/me',
    );
    expect(lists.length).toBeGreaterThanOrEqual(3);
    for (const { path } of lists) {
      const mine = await server.client.get<{ data: unknown[] }>(path, { token: stranger.token });
      expect([path, mine.body.data]).toEqual([path, []]);
    }
  });

  function pathTo(path: string): string {
    const [, collection = ''] = /\/([^/]+)\/\{id\}/.exec(path) ?? [];
    const id = things[collection];
    if (path.includes('{id}') && id === undefined)
      throw new Error(`The test has nothing to ask for at ${path}: make one above`);
    return path.replace('{id}', id ?? '');
  }
});
