import { type Accounts, AUTH, newAddress, PASSWORD } from './support/accounts';
import { startReplica, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import { MailApp } from './support/mail-app';
import type { ProblemBody } from './support/notes';

const NEW = 'seven quiet green lamps';

let app: MailApp;
let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  app = await MailApp.start();
  ({ server, accounts } = app);
});

afterAll(() => app.close());

const change = (token: string, body: unknown): Promise<Answer<ProblemBody>> =>
  server.client.request('PUT', `${AUTH}/password`, { token, body });

const login = async (email: string, password: string): Promise<number> =>
  (await accounts.post('login', { email, password })).status;

const codeOf = ({ body }: Answer<ProblemBody>): string => body.type.split(':').at(-1) ?? '';

const typesOf = async (userId: string): Promise<string[]> => {
  const rows = await accounts.sql(`select type from audit_events where user_id = $1 order by id`, [userId]);
  return rows.map((row) => (row as { type: string }).type);
};

describe('a new password', () => {
  it.each([
    ['one of the commonest', 'Administrator', 'commonPassword'],
    ['one of them filled up', 'password1234', 'commonPassword'],
    ['too short', 'k7#mQ2$vL9p', 'isPassword'],
  ])(
    'that is %s is refused when registering, changing and resetting, and changes nothing',
    async (_, password, code) => {
      const { token, email } = await server.client.signUp();
      const link = await app.resetToken(email);
      const address = newAddress();
      const answers = [
        await accounts.post('register', { email: address, password }),
        await change(token, { currentPassword: PASSWORD, newPassword: password }),
        await accounts.post('password/reset', { token: link, newPassword: password }),
      ];
      expect(
        answers.map(({ status, body }) => [status, body.errors?.map((error) => [error.pointer, error.code])]),
      ).toEqual([
        [400, [['#/password', code]]],
        [400, [['#/newPassword', code]]],
        [400, [['#/newPassword', code]]],
      ]);
      expect(await accounts.sql(`select id from users where email = $1`, [address])).toEqual([]);
      expect(await login(email, PASSWORD)).toBe(200);
      expect((await accounts.post('password/reset', { token: link, newPassword: NEW })).status).toBe(204);
    },
  );

  it('is not the address, its name, or the present password', async () => {
    const email = `grace.hopper.${Date.now()}@example.org`;
    const registration = await accounts.post('register', { email, password: email.toUpperCase() });
    expect([registration.status, registration.body.errors?.[0]?.code]).toEqual([400, 'isAddress']);
    const { token } = await server.client.signUp(email);
    const link = await app.resetToken(email);
    const changed = await change(token, { currentPassword: PASSWORD, newPassword: email.split('@')[0] });
    expect([changed.status, changed.body.errors?.[0]?.code]).toEqual([400, 'isAddress']);
    for (const answer of [
      await change(token, { currentPassword: PASSWORD, newPassword: PASSWORD }),
      await accounts.post('password/reset', { token: link, newPassword: PASSWORD }),
    ]) {
      expect([answer.status, answer.body.errors]).toEqual([
        400,
        [{ pointer: '#/newPassword', detail: 'must not be the present password', code: 'isPresentPassword' }],
      ]);
    }
  });
});

describe('changing the password', () => {
  it('ends all other sessions, voids links and tickets, and tells the user', async () => {
    const { token, email, userId, refreshToken } = await server.client.signUp();
    const other = await accounts.post('login', { email, password: PASSWORD });
    const link = await app.resetToken(email);
    expect((await change(token, { currentPassword: PASSWORD, newPassword: NEW })).status).toBe(204);
    expect((await accounts.me(other.body.accessToken)).status).toBe(401);
    expect((await accounts.refresh(other.body.refreshToken)).status).toBe(401);
    expect((await accounts.me(token)).status).toBe(200);
    expect((await accounts.refresh(refreshToken)).status).toBe(200);
    expect([await login(email, PASSWORD), await login(email, NEW)]).toEqual([401, 200]);
    const answer = await accounts.post('password/reset', { token: link, newPassword: 'another password, long' });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'token-invalid']);
    expect((await app.sink.next(email, 'Your password was changed')).text).toContain('If it was not you');
    expect(await typesOf(userId)).toContain('password-changed');
    expect(
      await accounts.sql(`select password_changed_at > created_at as ok from users where id = $1`, [userId]),
    ).toEqual([{ ok: true }]);
  });

  it('needs the present password, and says so; a wrong one is noted', async () => {
    const { token, email, userId } = await server.client.signUp();
    const missing = await change(token, { newPassword: NEW });
    expect([missing.status, missing.body.errors?.[0]?.pointer]).toEqual([400, '#/currentPassword']);
    expect((await change(token, { currentPassword: null, newPassword: NEW })).status).toBe(400);
    const wrong = await change(token, { currentPassword: 'wrong horse battery', newPassword: NEW });
    expect([wrong.status, codeOf(wrong)]).toEqual([403, 'wrong-password']);
    expect((await typesOf(userId)).at(-1)).toBe('sign-in-failed');
    expect(await login(email, PASSWORD)).toBe(200);
    expect(app.sink.to(email).map(({ subject }) => subject)).not.toContain('Your password was changed');
  });

  it('takes longer and longer to guess at', async () => {
    const strict = await startReplica({ environment: { SIGN_IN_LIMIT_PER_ACCOUNT: '10', WORKER: 'off' } });
    try {
      const { token, userId } = await strict.client.signUp();
      const guess = (currentPassword: string): Promise<Answer<ProblemBody>> =>
        strict.client.request('PUT', `${AUTH}/password`, { token, body: { currentPassword, newPassword: NEW } });
      const statuses: number[] = [];
      for (let count = 0; count < 7; count += 1) statuses.push((await guess('wrong horse battery')).status);
      expect(statuses).toEqual(expect.arrayContaining([403, 429]));
      const failures = `select id from audit_events where user_id = $1 and type = 'sign-in-failed'`;
      const noted = await query(strict.databaseUrl, failures, [userId]);
      expect(noted).toHaveLength(statuses.filter((status) => status === 403).length);
    } finally {
      await strict.close();
    }
  });

  it('by two at once is done by one', async () => {
    const { token, email } = await server.client.signUp();
    const wanted = ['first of two passwords', 'second of two passwords'];
    const answers = await Promise.all(
      wanted.map((newPassword) => change(token, { currentPassword: PASSWORD, newPassword })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 403]);
    expect(await login(email, wanted[answers.findIndex(({ status }) => status === 204)] ?? '')).toBe(200);
  });

  it('sets the first one of an account without, from a fresh session only', async () => {
    const { token, email, userId } = await server.client.signUp();
    await accounts.sql(`update users set password_hash = null where id = $1`, [userId]);
    expect(await login(email, PASSWORD)).toBe(401);
    const stale = await startReplica({
      databaseUrl: server.databaseUrl,
      dataDir: server.dataDir,
      environment: { FRESH_SIGN_IN_SECONDS: '60', WORKER: 'off' },
    });
    try {
      const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
      const refused = await stale.client.request('PUT', `${AUTH}/password`, { token, body: { newPassword: NEW } });
      now.mockRestore();
      expect([refused.status, refused.body.type]).toEqual([403, 'urn:commonplace:problem:fresh-sign-in-required']);
    } finally {
      await stale.close();
    }
    expect((await change(token, { newPassword: NEW })).status).toBe(204);
    expect(await login(email, NEW)).toBe(200);
  });
});
