import { type Accounts, newAddress, PASSWORD } from './support/accounts';
import type { TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { MailApp, tokenOf } from './support/mail-app';
import type { ProblemBody } from './support/notes';
import { fillAccount, rowsAbout } from './support/whole-account';

const NEW = 'seven quiet green lamps';

let app: MailApp;
let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  app = await MailApp.start();
  ({ server, accounts } = app);
});

afterAll(() => app.close());

const login = async (email: string, password: string): Promise<number> =>
  (await accounts.post('login', { email, password })).status;

const codeOf = ({ body }: Answer<ProblemBody>): string => body.type.split(':').at(-1) ?? '';

const typesOf = async (userId: string): Promise<string[]> => {
  const rows = await accounts.sql(`select type from audit_events where user_id = $1 order by id`, [userId]);
  return rows.map((row) => (row as { type: string }).type);
};

describe('a forgotten password', () => {
  it('is set anew with a link that works once, ends all sessions, verifies the address and signs nobody in', async () => {
    const { token, email, userId, refreshToken } = await server.client.signUp();
    const verification = await app.tokenIn(email, 'Verify your e-mail address');
    const link = await app.resetToken(email, ` ${email.toUpperCase()} `);
    const answer = await accounts.post('password/reset', { token: link, newPassword: NEW });
    expect([answer.status, answer.text, answer.headers.get('set-cookie')]).toEqual([204, '', null]);
    expect((await accounts.me(token)).status).toBe(401);
    expect((await accounts.refresh(refreshToken)).status).toBe(401);
    expect([await login(email, PASSWORD), await login(email, NEW)]).toEqual([401, 200]);
    const again = await accounts.post('password/reset', { token: link, newPassword: 'another password, long' });
    expect([again.status, codeOf(again)]).toEqual([400, 'token-invalid']);
    expect((await accounts.post('login', { email, password: NEW })).body.user.emailVerified).toBe(true);
    expect((await accounts.post('email/verify', { token: verification })).status).toBe(400);
    expect((await app.sink.next(email, 'Your password was set anew')).text).toContain('If it was not you');
    expect(await typesOf(userId)).toEqual(
      expect.arrayContaining(['password-reset-requested', 'password-reset', 'email-verified']),
    );
  });

  it('has one pending link at most, which expires, and is of no other use', async () => {
    const { email, userId } = await server.client.signUp();
    const [first, second] = [await app.resetToken(email), await app.resetToken(email)];
    expect((await accounts.post('password/reset', { token: first, newPassword: NEW })).status).toBe(400);
    expect((await accounts.post('email/verify', { token: second })).status).toBe(400);
    await accounts.sql(`update one_time_tokens set expires_at = now() - interval '1 second' where user_id = $1`, [
      userId,
    ]);
    expect((await accounts.post('password/reset', { token: second, newPassword: NEW })).status).toBe(400);
    await Promise.all([1, 2, 3].map(() => accounts.post('password/forgot', { email })));
    const pending = await accounts.sql(
      `select expires_at - created_at between '29 min' and '31 min' as ok from one_time_tokens
        where user_id = $1 and purpose = 'reset-password' and used_at is null`,
      [userId],
    );
    expect(pending).toEqual([{ ok: true }]);
    expect(await login(email, PASSWORD)).toBe(200);
  });

  it('can be set anew by one of two at once', async () => {
    const { email } = await server.client.signUp();
    const token = await app.resetToken(email);
    const wanted = ['first of two passwords', 'second of two passwords'];
    const answers = await Promise.all(
      wanted.map((newPassword) => accounts.post('password/reset', { token, newPassword })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 400]);
    expect(await login(email, wanted[answers.findIndex(({ status }) => status === 204)] ?? '')).toBe(200);
  });

  it('asks for nothing at an address without an account, or with a disabled one, and takes as long', async () => {
    const { email, userId } = await server.client.signUp();
    const disabled = await server.client.signUp();
    await accounts.sql(`update users set disabled_at = now() where id = $1`, [disabled.userId]);
    const stranger = newAddress();
    const timed = async (address: string): Promise<[Answer<ProblemBody>, number]> => {
      const began = performance.now();
      return [await accounts.post('password/forgot', { email: address }), performance.now() - began];
    };
    const [known, ...unknown] = [await timed(email), await timed(stranger), await timed(disabled.email)];
    for (const [answer, ms] of unknown) {
      expect([answer.status, answer.text]).toEqual([known?.[0].status, known?.[0].text]);
      // Timers may end a millisecond early.
      expect(ms).toBeGreaterThan(245);
    }
    await app.sink.next(email, 'Set a new password');
    const links = await accounts.sql(
      `select user_id from one_time_tokens where purpose = 'reset-password' and user_id = any($1)`,
      [[userId, disabled.userId]],
    );
    expect(links).toEqual([{ user_id: userId }]);
    const mails = await accounts.sql(
      `select recipient from mails where recipient = any($1) and subject = 'Set a new password'`,
      [[stranger, disabled.email]],
    );
    expect(mails).toEqual([]);
  });

  it('of an account that was disabled meanwhile stays as it is', async () => {
    const { email, userId } = await server.client.signUp();
    const token = await app.resetToken(email);
    await accounts.sql(`update users set disabled_at = now() where id = $1`, [userId]);
    expect((await accounts.post('password/reset', { token, newPassword: NEW })).status).toBe(400);
    await accounts.sql(`update users set disabled_at = null where id = $1`, [userId]);
    expect(await login(email, PASSWORD)).toBe(200);
  });

  it('leaves the second factor in place: the new password alone opens nothing', async () => {
    const { email, userId } = await server.client.signUp();
    await accounts.sql(`insert into totp (user_id, secret, confirmed_at) values ($1, $2, now())`, [
      userId,
      Buffer.alloc(60),
    ]);
    const token = await app.resetToken(email);
    expect((await accounts.post('password/reset', { token, newPassword: NEW })).status).toBe(204);
    const answer = await accounts.post('login', { email, password: NEW });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'second-factor-required']);
  });

  it('takes every other way in away where nobody had proven the address, save the second factor, and elsewhere none', async () => {
    const [unproven, proven] = [await server.client.signUp(), await server.client.signUp()];
    await fillAccount(server, unproven, proven);
    await fillAccount(server, proven, unproven);
    await accounts.sql(`update users set email_verified_at = now() where id = $1`, [proven.userId]);
    for (const { email } of [unproven, proven]) {
      const token = await app.resetToken(email);
      expect((await accounts.post('password/reset', { token, newPassword: NEW })).status).toBe(204);
    }
    const tables = ['identities', 'passkeys', 'access_tokens', 'totp', 'recovery_codes'];
    const left = async (user: SignedIn): Promise<unknown[]> => {
      const rows = await rowsAbout(server, user);
      return tables.map((table) => rows[`${table}.user_id`]);
    };
    expect(await left(unproven)).toEqual([0, 0, 0, 1, 1]);
    expect(await left(proven)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('the mail server', () => {
  it('may be away: the request is answered, and the mail comes later, in text and in HTML', async () => {
    const { email } = await server.client.signUp();
    await app.sink.next(email, 'Verify your e-mail address');
    await app.sink.stop();
    expect((await accounts.post('password/forgot', { email })).status).toBe(202);
    await app.sink.start();
    const mail = await app.sink.next(email, 'Set a new password', 0, 25_000);
    const token = tokenOf(mail.text);
    const source = app.sink.received.findLast(({ to }) => to.includes(email))?.source ?? '';
    expect(source).toMatch(/^Content-Type: text\/html/m);
    expect(source.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain(
      `href="https://notes.example.org/account/reset-password?token=${token}"`,
    );
  });
});
