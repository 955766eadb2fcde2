import { Accounts, AUTH, claimsOf, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import type { ProblemBody } from './support/notes';

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

  it.each([{}, { password: 1 }, { password: 'x'.repeat(1_001) }, { password: PASSWORD, colour: 'red' }])(
    'takes no %j',
    async (body) => {
      expect((await reauthenticate(body)).status).toBe(400);
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
