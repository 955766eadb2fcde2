import { Accounts, ME, PASSWORD, type User } from './support/accounts';
import { ageSession, codeOf, signIn, signInAdmin } from './support/admins';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { eventually } from './support/eventually';
import type { ProblemBody } from './support/notes';

const USERS = '/api/v1/admin/users';

type AdminUser = User & { disabledAt: string | null; lastUsedAt: string | null };

let server: TestApp;
let accounts: Accounts;
let admin: SignedIn;

beforeAll(async () => {
  server = await startTestApp();
  accounts = new Accounts(server);
  admin = await signInAdmin(server);
});

afterAll(() => server.close());

const patch = (id: string, body: unknown, { token } = admin): Promise<Answer<AdminUser & ProblemBody>> =>
  server.client.patch(`${USERS}/${id}`, { token, body });

interface Event {
  type: string;
  byAdministrator: boolean;
  ip: string | null;
  detail: object | null;
}

/** What the trail of an account says, newest first, to an administrator or to its user. */
async function trailOf(path: string, { token } = admin): Promise<Event[]> {
  const { status, body } = await server.client.get<{ data: Event[] }>(`${path}/activity`, { token });
  expect(status).toBe(200);
  return body.data.map(({ type, byAdministrator, ip, detail }) => ({ type, byAdministrator, ip, detail }));
}

const byAdministrator = (type: string, detail: object | null = null): Event => ({
  type,
  byAdministrator: true,
  ip: null,
  detail,
});

describe('the routes of administrators', () => {
  const routes: [string, string, unknown][] = [
    ['GET', USERS, undefined],
    ['GET', `${USERS}/{id}`, undefined],
    ['PATCH', `${USERS}/{id}`, { role: 'admin' }],
    ['DELETE', `${USERS}/{id}/sessions`, undefined],
    ['GET', `${USERS}/{id}/activity`, undefined],
    ['POST', '/api/v1/admin/invitations', { email: 'grace@example.org' }],
    ['GET', '/api/v1/admin/invitations', undefined],
    ['DELETE', '/api/v1/admin/invitations/{id}', undefined],
  ];

  it.each(routes)('are not there for others: %s %s', async (method, path, body) => {
    const { token, userId } = await server.client.signUp();
    const answer = await server.client.request(method, path.replace('{id}', userId), { token, body });
    expect(codeOf(answer)).toEqual([404, 'not-found']);
    expect((await accounts.me(token)).body.role).toBe('user');
  });

  it('are not there any more for an administrator who was demoted a moment ago, also on another replica', async () => {
    const other = await signInAdmin(server);
    const replica = await startReplica({
      databaseUrl: server.databaseUrl,
      dataDir: server.dataDir,
    });
    try {
      expect((await replica.client.get(USERS, { token: other.token })).status).toBe(200);
      expect((await patch(other.userId, { role: 'user' })).status).toBe(200);
      expect((await server.client.get(USERS, { token: other.token })).status).toBe(401);
      await eventually('The replica knows', async () =>
        (await replica.client.get(USERS, { token: other.token })).status === 401 ? true : undefined,
      );
      const again = await signIn(server, other.email);
      expect((await server.client.get(USERS, { token: again.token })).status).toBe(404);
    } finally {
      await replica.close();
    }
  });

  it('change nothing for a session whose user signed in long ago', async () => {
    const { userId } = await server.client.signUp();
    const other = await signInAdmin(server);
    const token = await ageSession(server, other);
    expect((await server.client.get(USERS, { token })).status).toBe(200);
    const answer = await patch(userId, { disabled: true }, { ...other, token });
    expect(codeOf(answer)).toEqual([403, 'fresh-sign-in-required']);
    expect((await server.client.get<AdminUser>(`${USERS}/${userId}`, { token })).body.disabledAt).toBeNull();
  });
});

describe('an account', () => {
  it('that is disabled is signed out at once, cannot sign in, and loses nothing', async () => {
    const user = await server.client.signUp();
    await server.client.post('/api/v1/notes', { token: user.token, body: { title: 'Kept' } });
    const disabled = await patch(user.userId, { disabled: true });
    expect([disabled.status, disabled.body.disabledAt]).toEqual([200, expect.any(String)]);
    expect((await accounts.me(user.token)).status).toBe(401);
    expect((await accounts.refresh(user.refreshToken)).status).toBe(401);
    expect(codeOf(await accounts.post('login', { email: user.email, password: PASSWORD }))).toEqual([
      403,
      'account-disabled',
    ]);
    const since = disabled.body.disabledAt;
    expect((await patch(user.userId, { disabled: true })).body.disabledAt).toBe(since);
    expect((await patch(user.userId, { disabled: false })).body.disabledAt).toBeNull();
    const { token } = await signIn(server, user.email);
    const notes = await server.client.get<{ data: unknown[] }>('/api/v1/notes', { token });
    expect(notes.body.data).toMatchObject([{ title: 'Kept' }]);
    const expected = [byAdministrator('account-enabled'), byAdministrator('account-disabled')];
    expect((await trailOf(`${USERS}/${user.userId}`)).filter((event) => event.byAdministrator)).toEqual(expected);
    expect((await trailOf(ME, { ...user, token })).filter((event) => event.byAdministrator)).toEqual(expected);
  });

  it('has no session left when it signs in while it is being disabled', async () => {
    for (let round = 0; round < 5; round += 1) {
      const user = await server.client.signUp();
      const [signedIn, , disabled] = await Promise.all([
        accounts.post('login', { email: user.email, password: PASSWORD }),
        accounts.post('login', { email: user.email, password: PASSWORD }),
        patch(user.userId, { disabled: true }),
      ]);
      expect([disabled.status, [200, 403].includes(signedIn.status)]).toEqual([200, true]);
      const alive = await accounts.sql(`select 1 from sessions where user_id = $1 and revoked_at is null`, [
        user.userId,
      ]);
      expect(alive).toEqual([]);
    }
  });

  it('becomes an administrator at its next sign-in, and stays one for as long as another says so', async () => {
    const user = await server.client.signUp();
    expect((await patch(user.userId, { role: 'admin' })).body.role).toBe('admin');
    expect((await server.client.get(USERS, { token: user.token })).status).toBe(404);
    const { token } = await signIn(server, user.email);
    expect((await server.client.get(USERS, { token })).status).toBe(200);
    expect((await patch(user.userId, { role: 'user' })).body.role).toBe('user');
    expect((await trailOf(`${USERS}/${user.userId}`)).filter((event) => event.byAdministrator)).toEqual([
      byAdministrator('role-changed', { from: 'admin', to: 'user' }),
      byAdministrator('role-changed', { from: 'user', to: 'admin' }),
    ]);
  });

  it('is signed out everywhere', async () => {
    const user = await server.client.signUp();
    const second = await signIn(server, user.email);
    const { status } = await server.client.delete(`${USERS}/${user.userId}/sessions`, { token: admin.token });
    expect(status).toBe(204);
    for (const { token } of [user, second]) expect((await accounts.me(token)).status).toBe(401);
    expect((await trailOf(`${USERS}/${user.userId}`))[0]).toEqual(byAdministrator('sessions-ended'));
    await signIn(server, user.email);
  });

  it.each([
    ['a role that there is not', { role: 'owner' }, '#/role'],
    ['no role', { role: null }, '#/role'],
    ['a text where a truth is asked for', { disabled: 'true' }, '#/disabled'],
    ['null where a truth is asked for', { disabled: null }, '#/disabled'],
    ['what only its owner changes', { name: 'x' }, '#/name'],
  ])('is not changed by %s', async (_, body, pointer) => {
    const { userId } = await server.client.signUp();
    const before = await server.client.get(`${USERS}/${userId}`, { token: admin.token });
    const answer = await patch(userId, body);
    expect([answer.status, answer.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
    expect((await server.client.get(`${USERS}/${userId}`, { token: admin.token })).body).toEqual(before.body);
  });

  it('is not changed, and nothing is written down, when the patch says what is there', async () => {
    const user = await server.client.signUp();
    const before = await trailOf(`${USERS}/${user.userId}`);
    for (const body of [{}, { role: 'user' }, { disabled: false }]) {
      expect((await patch(user.userId, body)).status).toBe(200);
    }
    expect(await trailOf(`${USERS}/${user.userId}`)).toEqual(before);
    expect((await accounts.me(user.token)).status).toBe(200);
  });
});

describe('the audit trail of an administrator', () => {
  it('has where the act came from', async () => {
    const user = await server.client.signUp();
    const headers = { 'user-agent': 'Admin browser' };
    await server.client.patch(`${USERS}/${user.userId}`, { token: admin.token, body: { disabled: true }, headers });
    const rows = await accounts.sql(
      `select host(ip) as ip, user_agent from audit_events where user_id = $1 and type = 'account-disabled'`,
      [user.userId],
    );
    expect(rows).toEqual([{ ip: '127.0.0.1', user_agent: 'Admin browser' }]);
  });
});
