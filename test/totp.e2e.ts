import { Secret } from 'otpauth';
import { AUTH, ME, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import type { ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';
import {
  codeOf,
  eventsOf,
  finish,
  forgetLastCode,
  mailsTo,
  signUpWithTotp,
  ticketOf,
  wrongCodeOf,
} from './support/second-factor';

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
const isAlive = async (token: string): Promise<boolean> => (await server.client.get(ME, { token })).status === 200;
const logIn = (email: string) =>
  server.client.post<{ accessToken: string }>(`${AUTH}/login`, { body: { email, password: PASSWORD } });

describe('adding an authenticator app', () => {
  it('gives the secret in three forms, which ask nobody for anything yet', async () => {
    const { token, email, userId } = await server.client.signUp();
    expect(await status(token)).toEqual({ totpEnabledAt: null, recoveryCodesLeft: 0 });
    const { status: created, body, headers } = await send('POST', 'totp', token);
    expect(created).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Secret.fromBase32(body.secret).bytes).toHaveLength(20);
    const uri = new URL(body.uri);
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/notes.example.org:${email}`,
    ]);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: body.secret,
      issuer: 'notes.example.org',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
    const [type = '', image = ''] = body.qrCode.split(',');
    expect(type).toBe('data:image/png;base64');
    expect(Buffer.from(image, 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(await status(token)).toEqual({ totpEnabledAt: null, recoveryCodesLeft: 0 });
    expect((await logIn(email)).status).toBe(200);
    const rows = await query<{ secret: Buffer }>(server.databaseUrl, `select secret from totp where user_id = $1`, [
      userId,
    ]);
    const plain = Buffer.from(Secret.fromBase32(body.secret).bytes);
    expect(rows[0]?.secret).toHaveLength(53);
    expect(rows[0]?.secret.includes(plain)).toBe(false);
  });

  it('is finished with a code: ten recovery codes, a mail, and the end of all other sessions', async () => {
    const { token, email, userId } = await server.client.signUp();
    const other = (await logIn(email)).body.accessToken;
    const first = await send('POST', 'totp', token);
    const { body } = await send('POST', 'totp', token);
    expect(body.secret).not.toBe(first.body.secret);
    const old = await send('POST', 'totp/confirm', token, { code: codeOf(first.body.secret) });
    expectProblem(old, 400, 'code-invalid', `${AUTH}/totp/confirm`);
    expect(await isAlive(other)).toBe(true);
    const confirmed = await send('POST', 'totp/confirm', token, { code: codeOf(body.secret) });
    expect(confirmed.status).toBe(200);
    expect(confirmed.headers.get('cache-control')).toBe('no-store');
    expect(new Set(confirmed.body.recoveryCodes).size).toBe(10);
    expect(await status(token)).toEqual({ totpEnabledAt: expect.stringMatching(/Z$/), recoveryCodesLeft: 10 });
    expect([await isAlive(token), await isAlive(other)]).toEqual([true, false]);
    expect(await eventsOf(server, userId)).toEqual(['totp-enabled']);
    expect(await mailsTo(server, userId)).toEqual(['Your account now asks for a second factor']);
    const sessions = await query(
      server.databaseUrl,
      `select second_factor from sessions where user_id = $1 and revoked_at is null`,
      [userId],
    );
    expect(sessions).toEqual([{ second_factor: true }]);
    expect(
      JSON.stringify(await query(server.databaseUrl, `select * from recovery_codes where user_id = $1`, [userId])),
    ).not.toContain(confirmed.body.recoveryCodes[0]?.slice(0, 5));
  });

  it('is refused while there is one, and cannot be confirmed twice or from nothing', async () => {
    const { token: without } = await server.client.signUp();
    expectProblem(
      await send('POST', 'totp/confirm', without, { code: '123456' }),
      409,
      'totp-disabled',
      `${AUTH}/totp/confirm`,
    );
    const { token, secret } = await signUpWithTotp(server);
    expectProblem(await send('POST', 'totp', token), 409, 'totp-enabled', `${AUTH}/totp`);
    const again = await send('POST', 'totp/confirm', token, { code: codeOf(secret) });
    expectProblem(again, 409, 'totp-enabled', `${AUTH}/totp/confirm`);
  });

  it('happens once when it is confirmed twice at once', async () => {
    const { token, userId } = await server.client.signUp();
    const { secret } = (await send('POST', 'totp', token)).body;
    const answers = await Promise.all(
      [0, 1, 2, 3].map(() => send('POST', 'totp/confirm', token, { code: codeOf(secret) })),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409, 409, 409]);
    expect(await query(server.databaseUrl, `select 1 from recovery_codes where user_id = $1`, [userId])).toHaveLength(
      10,
    );
  });

  it.each([
    ['no code', {}, '#/code'],
    ['a number', { code: 123456 }, '#/code'],
    ['five digits', { code: '12345' }, '#/code'],
    ['a long text', { code: 'x'.repeat(65) }, '#/code'],
    ['something else', { code: '123456', secret: 'mine' }, '#/secret'],
  ])('takes no %s', async (_, body, pointer) => {
    const { token } = await server.client.signUp();
    const refused = await send('POST', 'totp/confirm', token, body);
    expect([refused.status, refused.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it.each(['POST totp', 'POST totp/confirm', 'DELETE totp', 'POST recovery-codes'])(
    '%s asks for a session that has just been proved',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const { userId, refreshToken } = await server.client.signUp();
      await query(
        server.databaseUrl,
        `update sessions set authenticated_at = now() - interval '16 minutes' where user_id = $1`,
        [userId],
      );
      const old = await server.client.post<{ accessToken: string }>(`${AUTH}/refresh`, { body: { refreshToken } });
      const body = route.includes('totp') ? { code: '123456' } : undefined;
      const refused = await send(
        method,
        path,
        old.body.accessToken,
        path === 'totp' && method === 'POST' ? undefined : body,
      );
      expectProblem(refused, 403, 'fresh-sign-in-required', `${AUTH}/${path}`);
    },
  );
});

describe('removing the authenticator app', () => {
  it('takes a code, voids the recovery codes, ends all other sessions, and tells the owner', async () => {
    const { email, secret, userId, token, recoveryCodes } = await signUpWithTotp(server);
    const used = codeOf(secret);
    const other = (await finish(server, await ticketOf(server, email), used)).body.accessToken;
    const pending = await ticketOf(server, email);
    expectProblem(
      await send('DELETE', 'totp', token, { code: wrongCodeOf(secret) }),
      400,
      'code-invalid',
      `${AUTH}/totp`,
    );
    expectProblem(await send('DELETE', 'totp', token, { code: used }), 400, 'code-invalid', `${AUTH}/totp`);
    expect((await send('DELETE', 'totp', token, { code: codeOf(secret, 1) })).status).toBe(204);
    expect([await isAlive(token), await isAlive(other)]).toEqual([true, false]);
    expect(await status(token)).toEqual({ totpEnabledAt: null, recoveryCodesLeft: 0 });
    expect((await finish(server, pending, recoveryCodes[0] ?? '')).status).toBe(401);
    expect((await logIn(email)).status).toBe(200);
    expectProblem(await send('DELETE', 'totp', token, { code: codeOf(secret) }), 409, 'totp-disabled', `${AUTH}/totp`);
    expect(await eventsOf(server, userId)).toEqual([
      'totp-enabled',
      'second-factor-failed',
      'second-factor-failed',
      'totp-disabled',
    ]);
    expect(await mailsTo(server, userId)).toContain('Your account no longer asks for a second factor');
  });

  it('works with a recovery code, when the app is lost', async () => {
    const { token, recoveryCodes } = await signUpWithTotp(server);
    expect((await send('DELETE', 'totp', token, { code: recoveryCodes[3] })).status).toBe(204);
  });

  it('cannot be guessed by whoever has the session: wrong codes are counted here too', async () => {
    const { token, secret, email, userId } = await signUpWithTotp(server);
    for (let n = 0; n < 10; n += 1) {
      expect((await send('DELETE', 'totp', token, { code: wrongCodeOf(secret) })).status).toBe(400);
    }
    expect((await send('DELETE', 'totp', token, { code: codeOf(secret) })).status).toBe(429);
    expect((await finish(server, await ticketOf(server, email), codeOf(secret))).status).toBe(429);
    expect(await eventsOf(server, userId)).not.toContain('totp-disabled');
  });
});

describe('the secrets of authenticator apps', () => {
  const OLD = 'the first encryption key of this server is long enough';
  const NEW = 'the second encryption key of this server is long enough';
  // Passport keeps one strategy a process: all of these servers sign with the same key.
  const JWT_SECRET = 'the signing key of these servers, long enough';
  const restart = (environment: Record<string, string>) =>
    startTestApp({ environment: { WORKER: 'off', JWT_SECRET, ...environment }, databaseUrl: first.databaseUrl });
  let first: TestApp;

  beforeAll(async () => {
    first = await startTestApp({ environment: { WORKER: 'off', JWT_SECRET, ENCRYPTION_KEY: OLD } });
  });

  afterAll(() => first.close());

  it('are read after ENCRYPTION_KEY was replaced, and move to the new key when they are used', async () => {
    const user = await signUpWithTotp(first);
    const second = await restart({ ENCRYPTION_KEY: NEW, ENCRYPTION_PREVIOUS_KEYS: OLD });
    expect((await finish(second, await ticketOf(second, user.email), user.recoveryCodes[0] ?? '')).status).toBe(200);
    expect((await finish(second, await ticketOf(second, user.email), codeOf(user.secret))).status).toBe(200);
    await second.close();
    const third = await restart({ ENCRYPTION_KEY: NEW });
    await forgetLastCode(third, user.userId);
    expect((await finish(third, await ticketOf(third, user.email), codeOf(user.secret))).status).toBe(200);
    await third.close();
  });

  it('do not work in the row of another user, nor without their key: 500, and nobody is let in', async () => {
    const [owner, thief] = [await signUpWithTotp(first), await signUpWithTotp(first)];
    const move = `update totp set secret = (select secret from totp where user_id = $1) where user_id = $2`;
    await query(first.databaseUrl, move, [thief.userId, owner.userId]);
    const moved = await finish(first, await ticketOf(first, owner.email), codeOf(thief.secret));
    expectProblem(moved, 500, 'internal-error', `${AUTH}/second-factor`);
    const without = await restart({ ENCRYPTION_KEY: NEW });
    expect((await finish(without, await ticketOf(without, thief.email), codeOf(thief.secret))).status).toBe(500);
    await without.close();
  });
});
