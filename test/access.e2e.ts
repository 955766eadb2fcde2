import { claimsOf } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { SignedIn } from './support/client';
import { query } from './support/database';
import { finishedJob, upload } from './support/imports';
import { makeAccessToken } from './support/access-tokens';
import { type Route, routeTable } from './support/routes';

/** Every route that needs no user, by name: a new one is added here on purpose, or not at all. */
const PUBLIC_ROUTES = [
  'GET /account/error',
  'GET /account/invitation',
  'GET /account/reset-password',
  'GET /account/signed-in',
  'GET /account/verify-email',
  'GET /api/v1/auth/oauth/{provider}',
  'GET /api/v1/auth/oauth/{provider}/callback',
  'GET /api/v1/auth/providers',
  'GET /api/v1/shared/{token}',
  'GET /dev/mail',
  'GET /dev/mail/{name}',
  'GET /health/live',
  'GET /health/ready',
  'GET /health/startup',
  'GET /s/{token}',
  'POST /account/invitation',
  'POST /account/reset-password',
  'POST /account/verify-email',
  'POST /api/v1/auth/email/verify',
  'POST /api/v1/auth/exchange',
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/passkeys/authentication',
  'POST /api/v1/auth/passkeys/login',
  'POST /api/v1/auth/password/forgot',
  'POST /api/v1/auth/password/reset',
  'POST /api/v1/auth/refresh',
  'POST /api/v1/auth/register',
  'POST /api/v1/auth/second-factor',
  'POST /api/v1/shared/{token}',
  'POST /s/{token}',
];

/** What is served without a controller, and so without guards: the description of the API. */
const WITHOUT_CONTROLLER = /^(GET|OPTIONS) \/docs(\/|$)/;

const NOBODY = '00000000-0000-7000-8000-000000000000';

/** Bodies without which a route answers 400 before it looks for the thing: add those of routes that change one. */
const BODIES: Record<string, object> = {
  'PATCH /api/v1/tags/{id}': { name: 'Taken' },
  'POST /api/v1/tags/{id}/merge': { into: NOBODY },
  'PATCH /api/v1/notebooks/{id}': { name: 'Taken' },
  'PATCH /api/v1/searches/{id}': { name: 'Taken' },
  'PATCH /api/v1/shares/{id}': { expiresAt: null },
  'PATCH /api/v1/notes/{id}': { title: 'Taken' },
  'PATCH /api/v1/auth/passkeys/{id}': { name: 'Taken' },
};

/** What a route needs in its query, or it answers 400 before it looks for the thing. */
const QUERIES: Record<string, string> = { 'DELETE /api/v1/notebooks/{id}': '?notes=trash' };

describe('access', () => {
  let server: TestApp;
  let closed: Route[];
  let owner: SignedIn;
  let stranger: SignedIn;
  /**
   * For each path with an id, a thing of the owner that it leads to, by what is before `/{`. A new route fails the tests below until there is one:
   * make it in `beforeAll` and add it here; when a route wants a body, add that to `BODIES`.
   */
  let things: Record<string, string>;

  beforeAll(async () => {
    server = await startTestApp();
    closed = routeTable(server.app).routes.filter(({ rule }) => rule !== 'public');
    owner = await server.client.signUp();
    stranger = await server.client.signUp();
    const note = await server.client.post('/api/v1/notes', {
      token: owner.token,
      body: { title: 'Mine', tags: ['x'] },
    });
    // With a revision, 1.
    await server.client.patch(`/api/v1/notes/${String(note.body.id)}`, {
      token: owner.token,
      body: { title: 'Still mine' },
    });
    const notebook = await server.client.post('/api/v1/notebooks', { token: owner.token, body: { name: 'Mine' } });
    const search = await server.client.post('/api/v1/searches', { token: owner.token, body: { name: 'Mine', q: 'x' } });
    const share = await server.client.post(`/api/v1/notes/${String(note.body.id)}/shares`, { token: owner.token });
    const tags = await server.client.get<{ data: { id: string }[] }>('/api/v1/tags', { token: owner.token });
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
    const [passkey] = await query<{ id: string }>(
      server.databaseUrl,
      `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, backed_up, name)
       values (gen_random_uuid(), $1, 'x', 'x', 0, '{}', false, 'Mine') returning id`,
      [owner.userId],
    );
    const exported = await finishedJob(
      server.client,
      owner.token,
      await server.client.post('/api/v1/users/me/export', { token: owner.token }),
    );
    const accessToken = await makeAccessToken(server.client, owner);
    things = {
      '/api/v1/notes': String(note.body.id),
      '/api/v1/tags': tags.body.data[0]?.id ?? '',
      '/api/v1/notebooks': String(notebook.body.id),
      '/api/v1/searches': String(search.body.id),
      '/api/v1/shares': String(share.body.id),
      '/api/v1/jobs': job.id,
      '/api/v1/auth/identities': String(identity?.id),
      '/api/v1/auth/sessions': String(claimsOf(owner.token).sid),
      '/api/v1/auth/passkeys': passkey?.id ?? '',
      '/api/v1/access-tokens': accessToken.id,
      '/api/v1/users/me/export': exported.id,
    };
  });

  afterAll(() => server.close());

  it('is open on exactly the routes that are listed as public', () => {
    const { routes, others } = routeTable(server.app);
    expect(
      routes
        .filter(({ rule }) => rule === 'public')
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(PUBLIC_ROUTES);
    expect(others.filter((name) => !WITHOUT_CONTROLLER.test(name))).toEqual([]);
  });

  it('is declared by every other route', () => {
    expect(closed.length).toBeGreaterThan(15);
    expect(closed.filter(({ rule }) => rule === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('needs a user everywhere else', async () => {
    for (const { name, method, path } of closed) {
      const answer = await server.client.request(method, pathTo(path));
      expect([name, answer.status, answer.headers.get('www-authenticate')]).toEqual([name, 401, 'Bearer']);
    }
  });

  it('shows a stranger nothing, and lets a stranger change nothing: 404 on every route with an id', async () => {
    const owned = closed.filter(({ path }) => path.includes('{'));
    expect(owned.length).toBeGreaterThanOrEqual(6);
    for (const { name, method, path } of owned) {
      const url = pathTo(path) + (QUERIES[name] ?? '');
      const answer = await server.client.request(method, url, { token: stranger.token, body: BODIES[name] });
      expect([name, answer.status]).toEqual([name, 404]);
    }
    const note = await server.client.get(`/api/v1/notes/${things['/api/v1/notes'] ?? ''}`, { token: owner.token });
    expect(note.body).toMatchObject({ title: 'Still mine', version: 2, deletedAt: null });
    const tokens = await server.client.get<{ data: object[] }>('/api/v1/access-tokens', { token: owner.token });
    expect(tokens.body.data).toHaveLength(1);
  });

  it('tells a stranger nothing of the owner where there is no id', async () => {
    const secrets = [owner.userId, owner.email, ...Object.values(things)];
    const shows = (text: string): boolean => secrets.some((secret) => text.includes(secret));
    const shown: string[] = [];
    for (const { name, path } of closed.filter(({ method, path: p }) => method === 'GET' && !p.includes('{'))) {
      const mine = await server.client.get(path, { token: owner.token });
      if (shows(mine.text)) shown.push(name);
      const theirs = await server.client.get(path, { token: stranger.token });
      expect([name, shows(theirs.text)]).toEqual([name, false]);
    }
    // So that the above means something: the owner does see all of it.
    const lists = closed
      .map(({ name }) => name)
      .filter((name) => name.slice('GET '.length) in things && name.startsWith('GET '));
    expect(shown).toEqual(expect.arrayContaining([...lists, 'GET /api/v1/users/me']));
  });

  it('shows each user their own activity only', async () => {
    const activity = async ({ token }: SignedIn): Promise<string[]> => {
      const { body } = await server.client.get<{ data: { id: string }[] }>('/api/v1/users/me/activity', { token });
      return body.data.map(({ id }) => id);
    };
    const [mine, theirs] = [await activity(owner), await activity(stranger)];
    expect([mine.length > 0, theirs.length > 0]).toEqual([true, true]);
    expect(mine.filter((id) => theirs.includes(id))).toEqual([]);
  });

  function pathTo(path: string): string {
    const [prefix = '', rest] = path.split('/{');
    // What administrators may look at is nobody's in particular.
    const id = path.startsWith('/api/v1/admin/') ? NOBODY : things[prefix];
    if (rest === undefined) return path;
    if (id === undefined) throw new Error(`The test has nothing to ask for at ${path}: add a thing of ${prefix} above`);
    return path.replace(/\{\w+\}/, id).replace('{version}', '1');
  }
});
