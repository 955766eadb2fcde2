import { RecoveryCodeHashes } from '../src/auth/second-factor/recovery-code';
import { Config } from '../src/config/config';
import { AUTH } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import type { ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';
import { codeOf, eventsOf, finish, mailsTo, signUpWithTotp, ticketOf, wrongCodeOf } from './support/second-factor';

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({ environment: { WORKER: 'off', PUBLIC_URL: 'https://notes.example.org' } });
});

afterAll(() => server.close());

type Body = ProblemBody & { secret: string; uri: string; qrCode: string; recoveryCodes: string[] };

const send = (method: string, path: string, token: string, body?: unknown): Promise<Answer<Body>> =>
  server.client.request<Body>(method, `${AUTH}/${path}`, { token, body });
const status = async (token: string): Promise<unknown> =>
  (await server.client.get(`${AUTH}/second-factor`, { token })).body;

describe('guessing codes', () => {
  it('voids a ticket with the fifth wrong one, also when many guess at once, and does not say how many are left', async () => {
    const { email, secret, userId } = await signUpWithTotp(server);
    const ticket = await ticketOf(server, email);
    const wrong = wrongCodeOf(secret);
    const answers = await Promise.all(Array.from({ length: 8 }, () => finish(server, ticket, wrong)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 401));
    const details = answers.map((answer) => answer.body.detail);
    expect(details.filter((detail) => detail.startsWith('The code'))).toHaveLength(5);
    expect(details.filter((detail) => detail.startsWith('The ticket'))).toHaveLength(3);
    expect(details.filter((detail) => /\d/.test(detail))).toEqual([]);
    expect((await finish(server, ticket, codeOf(secret))).body.detail).toMatch(/^The ticket/);
    expect((await finish(server, await ticketOf(server, email), codeOf(secret))).status).toBe(200);
    expect(await eventsOf(server, userId)).toEqual(['totp-enabled', ...Array(5).fill('second-factor-failed')]);
  });

  it('is limited to ten wrong ones in ten minutes for an account, whatever the ticket; the owner is told', async () => {
    const { email, secret, userId } = await signUpWithTotp(server);
    const wrong = wrongCodeOf(secret);
    const tickets = await Promise.all([0, 1, 2, 3].map(() => ticketOf(server, email)));
    const answers = await Promise.all(
      tickets.flatMap((ticket) => Array.from({ length: 4 }, () => finish(server, ticket, wrong))),
    );
    const statuses = answers.map((answer) => answer.status).toSorted();
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(6).fill(429)]);
    const ticket = await ticketOf(server, email);
    const refused = await finish(server, ticket, codeOf(secret));
    expectProblem(refused, 429, 'too-many-requests', `${AUTH}/second-factor`);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(590);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(600);
    expect(await mailsTo(server, userId)).toEqual([
      'Your account now asks for a second factor',
      'Wrong codes for your account',
    ]);
    await query(
      server.databaseUrl,
      `update audit_events set created_at = created_at - interval '10 minutes' where user_id = $1`,
      [userId],
    );
    expect((await finish(server, ticket, codeOf(secret))).status).toBe(200);
  });

  it('is limited to fifty in a day, until the owner sets a new password', async () => {
    const { email, secret, userId } = await signUpWithTotp(server);
    await query(
      server.databaseUrl,
      `insert into audit_events (id, user_id, type, created_at)
       select gen_random_uuid(), $1, 'second-factor-failed', now() - make_interval(mins => 15 + n * 20) from generate_series(0, 49) n`,
      [userId],
    );
    const ticket = await ticketOf(server, email);
    const refused = await finish(server, ticket, codeOf(secret));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(7 * 3600);
    await query(server.databaseUrl, `update users set password_changed_at = now() where id = $1`, [userId]);
    expect((await finish(server, ticket, codeOf(secret))).status).toBe(200);
  });

  it('counts for the account that is guessed at only', async () => {
    const victim = await signUpWithTotp(server);
    const other = await signUpWithTotp(server);
    const ticket = await ticketOf(server, victim.email);
    for (let n = 0; n < 5; n += 1) await finish(server, ticket, wrongCodeOf(victim.secret));
    expect((await finish(server, await ticketOf(server, other.email), codeOf(victim.secret))).status).toBe(401);
    expect((await finish(server, await ticketOf(server, other.email), codeOf(other.secret))).status).toBe(200);
  });
});

describe('recovery codes', () => {
  it('sign in once each, however they are typed; the owner is told how many are left', async () => {
    const { email, recoveryCodes, userId, token } = await signUpWithTotp(server);
    const [code = ''] = recoveryCodes;
    expect(
      (await finish(server, await ticketOf(server, email), ` ${code.toUpperCase().replaceAll('-', ' ')} `)).status,
    ).toBe(200);
    expect((await finish(server, await ticketOf(server, email), code)).status).toBe(401);
    expect(await status(token)).toMatchObject({ recoveryCodesLeft: 9 });
    expect(await eventsOf(server, userId)).toEqual(['totp-enabled', 'recovery-code-used', 'second-factor-failed']);
    expect(await mailsTo(server, userId)).toContain('A recovery code was used');
    const rows = await query<{ text: string }>(
      server.databaseUrl,
      `select text from mails where subject = 'A recovery code was used' and user_id = $1`,
      [userId],
    );
    expect(rows[0]?.text).toContain('You have 9 left');
  });

  it('are worth one session when two use the same at once', async () => {
    const { email, recoveryCodes } = await signUpWithTotp(server);
    const tickets = await Promise.all([0, 1, 2].map(() => ticketOf(server, email)));
    const answers = await Promise.all(tickets.map((ticket) => finish(server, ticket, recoveryCodes[0] ?? '')));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401, 401]);
  });

  it('of the former length work until they are replaced', async () => {
    const { email, userId, token } = await signUpWithTotp(server);
    const hashes = new RecoveryCodeHashes(server.app.get(Config).encryptionKeys);
    const insert = `insert into recovery_codes (user_id, hash) values ($1, $2)`;
    const former = ['7k2qm-x9d4t', '8k2qm-x9d4t'];
    for (const code of former) await query(server.databaseUrl, insert, [userId, hashes.of(code, userId)[0]]);
    expect((await finish(server, await ticketOf(server, email), former[0] ?? '')).status).toBe(200);
    expect((await finish(server, await ticketOf(server, email), former[0] ?? '')).status).toBe(401);
    await send('POST', 'recovery-codes', token);
    expect((await finish(server, await ticketOf(server, email), former[1] ?? '')).status).toBe(401);
  });

  it('of one account are nothing in another', async () => {
    const owner = await signUpWithTotp(server);
    const other = await signUpWithTotp(server);
    expect((await finish(server, await ticketOf(server, other.email), owner.recoveryCodes[0] ?? '')).status).toBe(401);
  });

  it('are replaced as a set', async () => {
    const { email, recoveryCodes, userId, token } = await signUpWithTotp(server);
    await finish(server, await ticketOf(server, email), recoveryCodes[0] ?? '');
    const renewed = await send('POST', 'recovery-codes', token);
    expect([renewed.status, renewed.body.recoveryCodes.length]).toEqual([200, 10]);
    expect(renewed.body.recoveryCodes.filter((code) => recoveryCodes.includes(code))).toEqual([]);
    expect(await status(token)).toMatchObject({ recoveryCodesLeft: 10 });
    expect((await finish(server, await ticketOf(server, email), recoveryCodes[1] ?? '')).status).toBe(401);
    expect((await finish(server, await ticketOf(server, email), renewed.body.recoveryCodes[9] ?? '')).status).toBe(200);
    expect(await eventsOf(server, userId)).toContain('recovery-codes-made');
    expect(await mailsTo(server, userId)).toContain('New recovery codes');
  });

  it('are ten after two replacements at once', async () => {
    const { userId, token } = await signUpWithTotp(server);
    const both = await Promise.all([0, 1].map(() => send('POST', 'recovery-codes', token)));
    expect(both.map((answer) => answer.status)).toEqual([200, 200]);
    expect(await query(server.databaseUrl, `select 1 from recovery_codes where user_id = $1`, [userId])).toHaveLength(
      10,
    );
  });

  it('are for accounts with an authenticator app', async () => {
    const { token } = await server.client.signUp();
    expectProblem(await send('POST', 'recovery-codes', token), 409, 'totp-disabled', `${AUTH}/recovery-codes`);
  });
});
