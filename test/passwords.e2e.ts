import { hash } from '@node-rs/argon2';
import { Accounts, AUTH, newAddress, PASSWORD } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { freePort, MailSink } from './support/mail-sink';
import type { ProblemBody } from './support/notes';

const NEW = 'seven quiet green lamps';

let sink: MailSink;
let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  sink = new MailSink(await freePort());
  await sink.start();
  server = await startTestApp({
    environment: { SMTP_URL: `smtp://127.0.0.1:${sink.port}`, PUBLIC_URL: 'https://notes.example.org' },
  });
  accounts = new Accounts(server);
});

afterAll(async () => {
  await server.close();
  await sink.stop();
});

const change = (token: string, body: unknown): Promise<Answer<ProblemBody>> =>
  server.client.request('PUT', `${AUTH}/password`, { token, body });

const login = async (email: string, password: string): Promise<number> =>
  (await accounts.post('login', { email, password })).status;

const codeOf = ({ body }: Answer<ProblemBody>): string => body.type.split(':').at(-1) ?? '';

/** Asks for a link, and gives the token of the one in the mail. */
async function resetToken(email: string, asked = email): Promise<string> {
  const before = sink.to(email).length;
  expect((await accounts.post('password/forgot', { email: asked })).status).toBe(202);
  const mail = await sink.next(email, 'Set a new password', before);
  return tokenIn(mail.text, 'reset-password');
}

function tokenIn(text: string, page: string): string {
  const token = new RegExp(`https://notes\\.example\\.org/account/${page}\\?token=(cmo_[\\w-]{43})\\s`).exec(text)?.[1];
  if (token === undefined) throw new Error(`No link in: ${text}`);
  return token;
}

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
      const link = await resetToken(email);
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
    const link = await resetToken(email);
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
    const link = await resetToken(email);
    expect((await change(token, { currentPassword: PASSWORD, newPassword: NEW })).status).toBe(204);
    expect((await accounts.me(other.body.accessToken)).status).toBe(401);
    expect((await accounts.refresh(other.body.refreshToken)).status).toBe(401);
    expect((await accounts.me(token)).status).toBe(200);
    expect((await accounts.refresh(refreshToken)).status).toBe(200);
    expect([await login(email, PASSWORD), await login(email, NEW)]).toEqual([401, 200]);
    const answer = await accounts.post('password/reset', { token: link, newPassword: 'another password, long' });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'token-invalid']);
    expect((await sink.next(email, 'Your password was changed')).text).toContain('If it was not you');
    expect(await typesOf(userId)).toContain('password-changed');
    expect(
      await accounts.sql(`select password_changed_at > created_at as ok from users where id = $1`, [userId]),
    ).toEqual([{ ok: true }]);
  });

  it('needs the present password, and says so; a wrong one is noted', async () => {
    const { token, email, userId } = await server.client.signUp();
    const missing = await change(token, { newPassword: NEW });
    expect([missing.status, missing.body.errors?.[0]?.pointer]).toEqual([400, '#/currentPassword']);
    const wrong = await change(token, { currentPassword: 'wrong horse battery', newPassword: NEW });
    expect([wrong.status, codeOf(wrong)]).toEqual([403, 'wrong-password']);
    expect((await typesOf(userId)).at(-1)).toBe('sign-in-failed');
    expect(await login(email, PASSWORD)).toBe(200);
    expect(sink.to(email).map(({ subject }) => subject)).not.toContain('Your password was changed');
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

describe('a forgotten password', () => {
  it('is set anew with a link that works once, ends all sessions, verifies the address and signs nobody in', async () => {
    const { token, email, userId, refreshToken } = await server.client.signUp();
    const verification = tokenIn((await sink.next(email, 'Verify your e-mail address')).text, 'verify-email');
    const link = await resetToken(email, ` ${email.toUpperCase()} `);
    const answer = await accounts.post('password/reset', { token: link, newPassword: NEW });
    expect([answer.status, answer.text, answer.headers.get('set-cookie')]).toEqual([204, '', null]);
    expect((await accounts.me(token)).status).toBe(401);
    expect((await accounts.refresh(refreshToken)).status).toBe(401);
    expect([await login(email, PASSWORD), await login(email, NEW)]).toEqual([401, 200]);
    const again = await accounts.post('password/reset', { token: link, newPassword: 'another password, long' });
    expect([again.status, codeOf(again)]).toEqual([400, 'token-invalid']);
    expect((await accounts.post('login', { email, password: NEW })).body.user.emailVerified).toBe(true);
    expect((await accounts.post('email/verify', { token: verification })).status).toBe(400);
    expect((await sink.next(email, 'Your password was set anew')).text).toContain('If it was not you');
    expect(await typesOf(userId)).toEqual(
      expect.arrayContaining(['password-reset-requested', 'password-reset', 'email-verified']),
    );
  });

  it('has one pending link at most, which expires, and is of no other use', async () => {
    const { email, userId } = await server.client.signUp();
    const [first, second] = [await resetToken(email), await resetToken(email)];
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
    const token = await resetToken(email);
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
    await sink.next(email, 'Set a new password');
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
    const token = await resetToken(email);
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
    const token = await resetToken(email);
    expect((await accounts.post('password/reset', { token, newPassword: NEW })).status).toBe(204);
    const answer = await accounts.post('login', { email, password: NEW });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'second-factor-required']);
  });
});

describe('the mail server', () => {
  it('may be away: the request is answered, and the mail comes later, in text and in HTML', async () => {
    const { email } = await server.client.signUp();
    await sink.next(email, 'Verify your e-mail address');
    await sink.stop();
    expect((await accounts.post('password/forgot', { email })).status).toBe(202);
    await sink.start();
    const mail = await sink.next(email, 'Set a new password', 0, 25_000);
    const token = tokenIn(mail.text, 'reset-password');
    const source = sink.received.findLast(({ to }) => to.includes(email))?.source ?? '';
    expect(source).toMatch(/^Content-Type: text\/html/m);
    expect(source.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain(
      `href="https://notes.example.org/account/reset-password?token=${token}"`,
    );
  });
});

describe('hashes', () => {
  it('of less than today are made anew when their user signs in', async () => {
    const { email, userId } = await server.client.signUp();
    const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await accounts.sql(`update users set password_hash = $2 where id = $1`, [userId, weak]);
    const stored = async (): Promise<unknown> =>
      (await accounts.sql(`select password_hash, updated_at from users where id = $1`, [userId]))[0];
    const before = await stored();
    expect(await login(email, 'wrong horse battery')).toBe(401);
    expect(await stored()).toEqual(before);
    expect(await login(email, PASSWORD)).toBe(200);
    const after = await stored();
    expect(after).toEqual({
      password_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
      updated_at: (before as { updated_at: Date }).updated_at,
    });
    expect(await login(email, PASSWORD)).toBe(200);
    expect(await stored()).toEqual(after);
  });

  it('of a flood of sign-ins leave room for other requests, and what is too much is told to come again', async () => {
    const flood = Promise.all(
      Array.from({ length: 60 }, () => accounts.post('login', { email: newAddress(), password: PASSWORD })),
    );
    let probes = 0;
    let isOver = false;
    void flood.then(() => (isOver = true));
    while (!isOver) {
      expect((await server.client.get('/health/live')).status).toBe(200);
      probes += 1;
    }
    // How many are too many is tested beside the queue: a slow machine lets them come in slowly.
    for (const { status, headers } of await flood) {
      expect([status, headers.get('retry-after')]).toEqual(status === 503 ? [503, '2'] : [401, null]);
    }
    expect(probes).toBeGreaterThan(5);
  });
});
