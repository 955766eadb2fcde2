import { randomBytes } from 'node:crypto';
import { AUTH, ME, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import type { ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';
import { codeOf, finish, signUpWithTotp, ticketOf } from './support/second-factor';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({ environment: { WORKER: 'off', PUBLIC_URL: 'https://notes.example.org' } });
});

afterAll(() => server.close());

type Body = ProblemBody & { secret: string; uri: string; qrCode: string; recoveryCodes: string[] };

const send = (method: string, path: string, token: string, body?: unknown): Promise<Answer<Body>> =>
  server.client.request<Body>(method, `${AUTH}/${path}`, { token, body });
const isAlive = async (token: string): Promise<boolean> => (await server.client.get(ME, { token })).status === 200;
const logIn = (email: string) =>
  server.client.post<{ accessToken: string }>(`${AUTH}/login`, { body: { email, password: PASSWORD } });

describe('the second step of a sign-in', () => {
  it('follows the right password only, and gives the session that was asked for', async () => {
    const { email, secret, userId } = await signUpWithTotp(server);
    const first = await logIn(email);
    expectProblem(first, 401, 'second-factor-required', `${AUTH}/login`, ['ticket', 'expiresIn']);
    expect(first.body).toMatchObject({ expiresIn: 300, ticket: expect.stringMatching(/^cmo_[\w-]{43}$/) });
    const wrong = await server.client.post(`${AUTH}/login`, { body: { email, password: 'wrong horse battery' } });
    expectProblem(wrong, 401, 'unauthorized', `${AUTH}/login`);
    const answer = await finish(server, await ticketOf(server, email), codeOf(secret));
    expect([answer.status, answer.body.user.id, answer.headers.get('cache-control')]).toEqual([
      200,
      userId,
      'no-store',
    ]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await isAlive(answer.body.accessToken)).toBe(true);
    const sessions = await query(
      server.databaseUrl,
      `select method, second_factor from sessions where user_id = $1 order by created_at desc limit 1`,
      [userId],
    );
    expect(sessions).toEqual([{ method: 'password', second_factor: true }]);
  });

  it('puts the refresh token into the cookie when the first step asked for that, and refreshing loses nothing', async () => {
    const { email, secret, userId } = await signUpWithTotp(server);
    const answer = await finish(server, await ticketOf(server, email, 'cookie'), codeOf(secret));
    expect([answer.status, answer.body.refreshToken]).toEqual([200, null]);
    const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    expect(cookie).toMatch(/^__Secure-commonplace_refresh=cmr_/);
    const refreshed = await server.client.post<{ accessToken: string }>(`${AUTH}/refresh`, {
      body: {},
      headers: { cookie, origin: 'https://notes.example.org' },
    });
    expect([refreshed.status, await isAlive(refreshed.body.accessToken)]).toEqual([200, true]);
    const sessions = await query(
      server.databaseUrl,
      `select distinct second_factor from sessions where user_id = $1 and revoked_at is null`,
      [userId],
    );
    expect(sessions).toEqual([{ second_factor: true }]);
  });

  it('takes each code once, with another ticket too', async () => {
    const { email, secret } = await signUpWithTotp(server);
    const code = codeOf(secret);
    expect((await finish(server, await ticketOf(server, email), code)).status).toBe(200);
    const again = await finish(server, await ticketOf(server, email), code);
    expectProblem(again, 401, 'unauthorized', `${AUTH}/second-factor`);
    const earlier = await finish(server, await ticketOf(server, email), codeOf(secret, -1));
    expect(earlier.status).toBe(401);
    expect((await finish(server, await ticketOf(server, email), codeOf(secret, 1))).status).toBe(200);
  });

  it('takes a code once when two tickets bring it at once', async () => {
    const { email, secret } = await signUpWithTotp(server);
    const tickets = await Promise.all([0, 1, 2, 3].map(() => ticketOf(server, email)));
    const code = codeOf(secret);
    const answers = await Promise.all(tickets.map((ticket) => finish(server, ticket, code)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401, 401, 401]);
  });

  it('opens one session when a ticket is used twice at once, even with different codes that are both right', async () => {
    const { email, secret, recoveryCodes, userId } = await signUpWithTotp(server);
    const ticket = await ticketOf(server, email);
    const codes = [codeOf(secret), ...recoveryCodes.slice(0, 3)];
    const answers = await Promise.all(codes.map((code) => finish(server, ticket, code)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401, 401, 401]);
    const alive = `select 1 from sessions where user_id = $1 and revoked_at is null`;
    expect(await query(server.databaseUrl, alive, [userId])).toHaveLength(2);
    const used = `select 1 from recovery_codes where user_id = $1 and used_at is not null`;
    expect((await query(server.databaseUrl, used, [userId])).length).toBeLessThanOrEqual(1);
  });

  it('takes a ticket for five minutes, and no token that is something else', async () => {
    const { email, secret } = await signUpWithTotp(server);
    const ticket = await ticketOf(server, email);
    const code = codeOf(secret);
    for (const other of [`cmo_${randomBytes(32).toString('base64url')}`, '', 'x']) {
      expectProblem(await finish(server, other, code), 401, 'unauthorized', `${AUTH}/second-factor`);
    }
    await query(
      server.databaseUrl,
      `update one_time_tokens set purpose = 'reset-password' where purpose = 'second-factor'`,
    );
    expect((await finish(server, ticket, code)).status).toBe(401);
    await query(
      server.databaseUrl,
      `update one_time_tokens set purpose = 'second-factor', expires_at = now() where purpose = 'reset-password'`,
    );
    expect((await finish(server, ticket, code)).status).toBe(401);
    expect((await finish(server, await ticketOf(server, email), code)).status).toBe(200);
  });

  it('cannot be got around by signing in while it is being switched on', async () => {
    const { email, userId, token } = await server.client.signUp();
    const { secret } = (await send('POST', 'totp', token)).body;
    const [confirmed, ...logins] = await Promise.all([
      send('POST', 'totp/confirm', token, { code: codeOf(secret) }),
      ...Array.from({ length: 8 }, () => logIn(email)),
    ]);
    expect(confirmed.status).toBe(200);
    expect(logins.every((login) => [200, 401].includes(login.status))).toBe(true);
    const alive = `select second_factor from sessions where user_id = $1 and revoked_at is null`;
    expect(await query(server.databaseUrl, alive, [userId])).toEqual([{ second_factor: true }]);
  });

  it('is refused to an account that was disabled between the steps, without using the code up', async () => {
    const { email, secret, userId } = await signUpWithTotp(server);
    const ticket = await ticketOf(server, email);
    await query(server.databaseUrl, `update users set disabled_at = now() where id = $1`, [userId]);
    expectProblem(await finish(server, ticket, codeOf(secret)), 403, 'account-disabled', `${AUTH}/second-factor`);
    await query(server.databaseUrl, `update users set disabled_at = null where id = $1`, [userId]);
    expect((await finish(server, ticket, codeOf(secret))).status).toBe(200);
  });
});
