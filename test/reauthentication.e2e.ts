import { Accounts, AUTH, claimsOf, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import type { ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';
import { codeOf, type SecondFactorUser, signUpWithTotp, wrongCodeOf } from './support/second-factor';

interface Reauthenticated {
  accessToken: string;
  tokenType: string;
  expiresIn: number;
}

let server: TestApp;
let accounts: Accounts;
let user: SignedIn;

beforeAll(async () => {
  server = await startTestApp();
  accounts = new Accounts(server);
});

afterAll(() => server.close());

beforeEach(async () => {
  user = await server.client.signUp();
  await accounts.sql(`update sessions set authenticated_at = now() - interval '1 day' where user_id = $1`, [
    user.userId,
  ]);
});

function reauthenticate(
  body: unknown,
  token: string | undefined = user.token,
): Promise<Answer<Reauthenticated & ProblemBody>> {
  return server.client.post(`${AUTH}/reauthenticate`, { token, body });
}

function trail(): Promise<object[]> {
  return accounts.sql(
    `select type, session_id as session, detail from audit_events
     where user_id = $1 and type in ('reauthenticated', 'sign-in-failed') order by created_at`,
    [user.userId],
  );
}

const ageOf = (token: string): number => Date.now() / 1_000 - Number(claimsOf(token).auth_time);

describe('proving again who one is', () => {
  it('gives an access token of the same session that says so, as do those of later refreshes', async () => {
    const stale = await accounts.refresh(user.refreshToken);
    expect(ageOf(stale.body.accessToken)).toBeGreaterThan(86_000);
    const { status, body, headers } = await reauthenticate({ password: PASSWORD });
    expect([status, body]).toEqual([200, { accessToken: expect.any(String), tokenType: 'Bearer', expiresIn: 600 }]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(claimsOf(body.accessToken)).toMatchObject({ sub: user.userId, sid: claimsOf(user.token).sid });
    expect(ageOf(body.accessToken)).toBeLessThan(60);
    expect((await accounts.me(body.accessToken)).status).toBe(200);
    const next = await accounts.refresh(stale.body.refreshToken);
    expect(ageOf(next.body.accessToken)).toBeLessThan(60);
    expect(await trail()).toEqual([
      { type: 'reauthenticated', session: claimsOf(user.token).sid, detail: { method: 'password' } },
    ]);
  });

  it('fails with a wrong password, which changes nothing but the activity', async () => {
    const { status, body, headers } = await reauthenticate({ password: 'wrong horse battery' });
    expect([status, body.type]).toEqual([401, 'urn:commonplace:problem:unauthorized']);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(ageOf((await accounts.refresh(user.refreshToken)).body.accessToken)).toBeGreaterThan(86_000);
    expect(await trail()).toMatchObject([{ type: 'sign-in-failed', session: claimsOf(user.token).sid }]);
  });

  it.each([
    { password: 1 },
    { password: null },
    { password: 'x'.repeat(1_001) },
    { password: PASSWORD, colour: 'red' },
    { code: 123456 },
    { code: '12345' },
  ])('takes no %j', async (body) => {
    expect((await reauthenticate(body)).status).toBe(400);
    expect(await trail()).toEqual([]);
  });

  it.each([{}, { password: PASSWORD, code: '123456' }])(
    'takes exactly one of password and code, so no %j',
    async (body) => {
      const refused = await reauthenticate(body);
      expect(refused.status).toBe(400);
      expect(refused.body.errors?.map(({ pointer }) => pointer)).toEqual(['#/password', '#/code']);
      expect(await trail()).toEqual([]);
    },
  );

  it('needs a session', async () => {
    const { status } = await server.client.post(`${AUTH}/reauthenticate`, { body: { password: PASSWORD } });
    expect(status).toBe(401);
  });

  it('works for an account without a password no more than for one with another', async () => {
    await accounts.sql(`update users set password_hash = null where id = $1`, [user.userId]);
    expect((await reauthenticate({ password: PASSWORD })).status).toBe(401);
  });

  it('with a password alone, where there is a second factor, is for sessions that were opened with it', async () => {
    await accounts.sql(`insert into totp (user_id, secret, confirmed_at) values ($1, 'x', now())`, [user.userId]);
    const refused = await reauthenticate({ password: PASSWORD });
    expect([refused.status, refused.body.detail]).toEqual([401, expect.stringContaining('second factor')]);
    expect(ageOf((await accounts.refresh(user.refreshToken)).body.accessToken)).toBeGreaterThan(86_000);
    await accounts.sql(`update sessions set second_factor = true where user_id = $1`, [user.userId]);
    expect((await reauthenticate({ password: PASSWORD })).status).toBe(200);
    expect(await trail()).toMatchObject([{ type: 'reauthenticated' }]);
  });
});

describe('proving it with a code', () => {
  const sessionOf = ({ userId }: SignedIn): Promise<object[]> =>
    accounts.sql(
      `select second_factor, authenticated_at > now() - interval '1 minute' as fresh from sessions where user_id = $1`,
      [userId],
    );
  const stale = async (): Promise<SecondFactorUser> => {
    const owner = await signUpWithTotp(server);
    await accounts.sql(
      `update sessions set authenticated_at = now() - interval '1 day', second_factor = false where user_id = $1`,
      [owner.userId],
    );
    user = owner;
    return owner;
  };

  it('is enough for an account without a password, and the session has shown both factors from then on', async () => {
    const owner = await stale();
    await accounts.sql(`update users set password_hash = null where id = $1`, [owner.userId]);
    const { status, body } = await reauthenticate({ code: codeOf(owner.secret) });
    expect([status, body]).toEqual([200, { accessToken: expect.any(String), tokenType: 'Bearer', expiresIn: 600 }]);
    expect(claimsOf(body.accessToken)).toMatchObject({ sub: owner.userId, sid: claimsOf(owner.token).sid });
    expect(await sessionOf(owner)).toEqual([{ second_factor: true, fresh: true }]);
    const renewed = await server.client.post(`${AUTH}/recovery-codes`, { token: body.accessToken });
    expect(renewed.status).toBe(200);
    expect(await trail()).toEqual([
      { type: 'reauthenticated', session: claimsOf(owner.token).sid, detail: { method: 'code' } },
    ]);
  });

  it('lets the password do the next time', async () => {
    const { secret } = await stale();
    expect((await reauthenticate({ password: PASSWORD })).status).toBe(401);
    expect((await reauthenticate({ code: codeOf(secret) })).status).toBe(200);
    expect((await reauthenticate({ password: PASSWORD })).status).toBe(200);
  });

  it('works once with each code, also with a recovery code', async () => {
    const { secret, recoveryCodes } = await stale();
    const [recovery = ''] = recoveryCodes;
    for (const code of [codeOf(secret), recovery]) {
      const answers = await Promise.all([reauthenticate({ code }), reauthenticate({ code })]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    }
  });

  it('counts wrong codes, which change nothing, and takes none after ten', async () => {
    const owner = await stale();
    const code = wrongCodeOf(owner.secret);
    for (let count = 0; count < 10; count += 1) expect((await reauthenticate({ code })).status).toBe(401);
    expect(await sessionOf(owner)).toEqual([{ second_factor: false, fresh: false }]);
    const refused = await reauthenticate({ code: codeOf(owner.secret) });
    expectProblem(refused, 429, 'too-many-requests', `${AUTH}/reauthenticate`);
    expect(await sessionOf(owner)).toEqual([{ second_factor: false, fresh: false }]);
  });

  it('is nothing for an account without a second factor, or for a session that has ended', async () => {
    expect((await reauthenticate({ code: '123456' })).status).toBe(401);
    const owner = await stale();
    await accounts.sql(`update sessions set revoked_at = now() where user_id = $1`, [owner.userId]);
    expect((await reauthenticate({ code: codeOf(owner.secret) })).status).toBe(401);
    expect(await sessionOf(owner)).toEqual([{ second_factor: false, fresh: false }]);
    expect(await trail()).toEqual([]);
  });
});
