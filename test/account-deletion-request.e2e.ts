import { setTimeout as sleep } from 'node:timers/promises';
import { Accounts, AUTH, ME, PASSWORD } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { SignedIn } from './support/client';
import { query } from './support/database';
import type { ListPage } from './support/notes';
import { expectProblem } from './support/problems';

const DAY_MS = 86_400_000;

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp();
  accounts = new Accounts(server);
});

afterAll(() => server.close());

const sql = (text: string, values: unknown[] = []) => query<Record<string, unknown>>(server.databaseUrl, text, values);
const erase = (token: string, body?: object) => server.client.delete<{ deleteAfter: string }>(ME, { token, body });
const keep = (token: string) => server.client.post(`${ME}/keep`, { token });
const typesOf = async (token: string): Promise<string[]> => {
  const { body } = await server.client.get<ListPage<{ type: string }>>(`${ME}/activity`, { token });
  return body.data.map((event) => event.type);
};

/** A session whose user proved who they are too long ago. */
async function stale(user: SignedIn): Promise<string> {
  await sql(`update sessions set authenticated_at = now() - interval '1 hour' where user_id = $1`, [user.userId]);
  const { body } = await accounts.refresh(user.refreshToken);
  return body.accessToken;
}

describe('asking for the deletion of an account', () => {
  it('says when it goes, ends all other sessions, tells the owner by mail, and can be taken back', async () => {
    const user = await server.client.signUp();
    const other = await accounts.post('login', { email: user.email, password: PASSWORD });
    const { status, body } = await erase(user.token, { password: PASSWORD });
    expect(status).toBe(202);
    expect(Math.abs(Date.parse(body.deleteAfter) - Date.now() - 7 * DAY_MS)).toBeLessThan(60_000);
    expect((await accounts.me(user.token)).body.deleteAfter).toBe(body.deleteAfter);
    expect((await accounts.me(other.body.accessToken)).status).toBe(401);
    expect((await accounts.refresh(other.body.refreshToken)).status).toBe(401);
    const mail = await sql(
      `select recipient, subject from mails where user_id = $1 and subject <> 'Verify your e-mail address'`,
      [user.userId],
    );
    expect(mail).toEqual([{ recipient: user.email, subject: 'Your account will be deleted' }]);

    const again = await accounts.post('login', { email: user.email, password: PASSWORD });
    expect([again.status, again.body.user.deleteAfter]).toEqual([200, body.deleteAfter]);
    expect((await keep(again.body.accessToken)).status).toBe(204);
    expect((await accounts.me(user.token)).body.deleteAfter).toBeNull();
    expect((await keep(user.token)).status).toBe(204);
    expect(await typesOf(user.token)).toEqual([
      'deletion-cancelled',
      'signed-in',
      'deletion-requested',
      'signed-in',
      'signed-in',
      'registered',
    ]);
  });

  it('changes nothing, and sends no second mail, when it is asked again', async () => {
    const user = await server.client.signUp();
    const answers = await Promise.all([erase(user.token), erase(user.token)]);
    const [first, second] = answers.map(({ status, body }) => [status, body.deleteAfter]);
    expect(first?.[0]).toBe(202);
    expect(second).toEqual(first);
    expect(
      await sql(`select from mails where user_id = $1 and subject <> 'Verify your e-mail address'`, [user.userId]),
    ).toHaveLength(1);
    expect((await typesOf(user.token)).filter((type) => type === 'deletion-requested')).toHaveLength(1);
  });

  it('needs the password, or a fresh sign-in without one', async () => {
    const user = await server.client.signUp();
    const token = await stale(user);
    expectProblem(await erase(token), 403, 'fresh-sign-in-required', ME);
    expectProblem(await erase(token, {}), 403, 'fresh-sign-in-required', ME);
    expectProblem(await erase(token, { password: 'wrong' }), 403, 'wrong-password', ME);
    expect((await accounts.me(token)).body.deleteAfter).toBeNull();
    expect((await typesOf(token))[0]).toBe('sign-in-failed');
    expect((await erase(token, { password: PASSWORD })).status).toBe(202);
  });

  it('takes a fresh session of an account that has no password, and no password of it', async () => {
    const user = await server.client.signUp();
    await sql(`update users set password_hash = null where id = $1`, [user.userId]);
    expectProblem(await erase(user.token, { password: PASSWORD }), 403, 'wrong-password', ME);
    expect((await erase(user.token)).status).toBe(202);
  });

  it.each([
    ['a number', { password: 1 }],
    ['null', { password: null }],
    ['a list', { password: [PASSWORD] }],
    ['an unknown field', { force: true }],
    ['too much', { password: 'x'.repeat(1_001) }],
  ])('refuses %s, and changes nothing', async (_, body) => {
    const user = await server.client.signUp();
    expectProblem(await erase(user.token, body), 400, 'validation-failed', ME, ['errors']);
    expect((await accounts.me(user.token)).body.deleteAfter).toBeNull();
  });

  it('limits how often the password can be guessed', async () => {
    const strict = await startReplica({
      databaseUrl: server.databaseUrl,
      dataDir: server.dataDir,
      environment: { SIGN_IN_LIMIT_PER_ACCOUNT: '3', WORKER: 'off', JWT_SECRET: 'x'.repeat(32) },
    });
    try {
      const { token } = await strict.client.signUp();
      const guess = () => strict.client.delete(ME, { token, body: { password: 'wrong' } });
      const statuses: number[] = [];
      for (let at = 0; at < 4; at += 1) statuses.push((await guess()).status);
      expect(statuses).toEqual([403, 403, 403, 429]);
    } finally {
      await strict.close();
    }
  });

  it('takes longer and longer to guess the password, with what was guessed elsewhere in the session', async () => {
    const strict = await startReplica({
      databaseUrl: server.databaseUrl,
      dataDir: server.dataDir,
      environment: { SIGN_IN_LIMIT_PER_ACCOUNT: '30', WORKER: 'off', JWT_SECRET: 'x'.repeat(32) },
    });
    try {
      const { token, userId } = await strict.client.signUp();
      const guess = (password: string) => strict.client.delete(ME, { token, body: { password } });
      for (let count = 0; count < 7; count += 1) {
        const elsewhere = await strict.client.post(`${AUTH}/reauthenticate`, { token, body: { password: 'wrong' } });
        expect([elsewhere.status, (await guess('wrong')).status]).toEqual([401, 403]);
      }
      expect((await guess('wrong')).status).toBe(403);
      const refused = await guess(PASSWORD);
      expectProblem(refused, 429, 'too-many-requests', ME);
      expect(refused.headers.get('retry-after')).toBe('1');
      await sleep(1_100);
      expect((await guess(PASSWORD)).status).toBe(202);
      const noted = await sql(
        `select detail->>'action' as action, count(*)::integer, count(session_id)::integer as sessions
         from audit_events where user_id = $1 and type = 'sign-in-failed' group by 1 order by 1`,
        [userId],
      );
      expect(noted).toEqual([
        { action: 'delete-account', count: 8, sessions: 8 },
        { action: 'reauthenticate', count: 7, sessions: 7 },
      ]);
    } finally {
      await strict.close();
    }
  });
});
