import { createHmac, randomUUID } from 'node:crypto';
import { Accounts, AUTH, claimsOf, ME, PASSWORD, type Session } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { SignedIn } from './support/client';
import { eventually } from './support/eventually';
import type { ProblemBody } from './support/notes';

const SECRET = 'the signing secret of these tests, long enough';

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp({ environment: { JWT_SECRET: SECRET } });
  accounts = new Accounts(server);
});

afterAll(() => server.close());

/** Makes the last refresh of a session look `seconds` older than it is. */
function ageRotation(token: string, seconds: number): Promise<object[]> {
  return accounts.sql(`update sessions set rotated_at = rotated_at - make_interval(secs => $2) where id = $1`, [
    claimsOf(token).sid,
    seconds,
  ]);
}

/** A JWT of our own making (RFC 7519). */
function forge(claims: Record<string, unknown>, { secret = SECRET, alg = 'HS256' } = {}): string {
  const content = [{ alg, typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${alg === 'none' ? '' : createHmac('sha256', secret).update(content).digest('base64url')}`;
}

describe('refreshing', () => {
  let user: SignedIn;

  beforeEach(async () => {
    user = await server.client.signUp();
  });

  it('gives new tokens of the same session', async () => {
    const { status, body } = await accounts.refresh(user.refreshToken);
    expect([status, body.user.id, body.tokenType, body.expiresIn]).toEqual([200, user.userId, 'Bearer', 600]);
    expect(body.refreshToken).not.toBe(user.refreshToken);
    expect(claimsOf(body.accessToken).sid).toBe(claimsOf(user.token).sid);
    expect((await accounts.me(body.accessToken)).status).toBe(200);
  });

  it('gives the same successor again within 10 s, and to two at once', async () => {
    const [one, two] = await Promise.all([accounts.refresh(user.refreshToken), accounts.refresh(user.refreshToken)]);
    await ageRotation(user.token, 9);
    const late = await accounts.refresh(user.refreshToken);
    expect([one.status, two.status, late.status]).toEqual([200, 200, 200]);
    expect(new Set([one, two, late].map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await accounts.refresh(one.body.refreshToken)).status).toBe(200);
  });

  it('ends the session when a token is used again later', async () => {
    const { body: next } = await accounts.refresh(user.refreshToken);
    await ageRotation(user.token, 11);
    const reused = await accounts.refresh(user.refreshToken);
    expect([reused.status, reused.body.type]).toEqual([401, 'urn:commonplace:problem:unauthorized']);
    expect((await accounts.refresh(next.refreshToken)).status).toBe(401);
    expect((await accounts.me(next.accessToken)).status).toBe(401);
  });

  it('ends the session also when the token was followed by more than one other', async () => {
    const { body: second } = await accounts.refresh(user.refreshToken);
    const { body: third } = await accounts.refresh(second.refreshToken);
    expect((await accounts.refresh(user.refreshToken)).status).toBe(401);
    expect((await accounts.refresh(third.refreshToken)).status).toBe(401);
    expect((await accounts.me(third.accessToken)).status).toBe(401);
  });

  it.each([
    ['30 days without use', `update sessions set last_used_at = now() - interval '30 days 1 second' where id = $1`],
    ['its absolute end', `update sessions set expires_at = now() - interval '1 second' where id = $1`],
  ])('is refused after %s', async (_, statement) => {
    await accounts.sql(statement, [claimsOf(user.token).sid]);
    expect((await accounts.refresh(user.refreshToken)).status).toBe(401);
  });

  it('is possible for 180 days at most, however often it is done', async () => {
    await accounts.refresh(user.refreshToken);
    const [session] = await accounts.sql(
      `select expires_at - created_at between '180 days' and '180 days 1 minute' as bounded from sessions where id = $1`,
      [claimsOf(user.token).sid],
    );
    expect(session).toEqual({ bounded: true });
  });

  it('is refused with a token that is made up, and harms no session by that', async () => {
    const answers = await Promise.all([
      accounts.refresh('cmr_made-up'),
      accounts.refresh(`${user.refreshToken.slice(0, -3)}AAA`),
      accounts.refresh(''),
    ]);
    for (const { status, body, headers } of answers) {
      expect([status, body.type]).toEqual([401, 'urn:commonplace:problem:unauthorized']);
      expect(headers.get('www-authenticate')).toContain('Bearer error="invalid_token"');
    }
    expect((await accounts.refresh(user.refreshToken)).status).toBe(200);
  });
});

describe('an ended session', () => {
  it('is over at once here, within 10 s on another replica, and from the start on a new one', async () => {
    const before = await server.client.signUp();
    await server.client.post(`${AUTH}/logout`, { token: before.token });
    const replica = await startReplica({ databaseUrl: server.databaseUrl, environment: { JWT_SECRET: SECRET } });
    try {
      expect((await new Accounts(replica).me(before.token)).status).toBe(401);
      const user = await server.client.signUp();
      const other = await server.client.post<Session>(`${AUTH}/login`, {
        body: { email: user.email, password: PASSWORD },
      });
      expect((await new Accounts(replica).me(user.token)).status).toBe(200);
      const { status, text } = await server.client.post(`${AUTH}/logout`, { token: user.token });
      expect([status, text]).toEqual([204, '']);
      const { headers, body } = await accounts.me(user.token);
      expect(body.status).toBe(401);
      expect(headers.get('www-authenticate')).toBe(
        'Bearer error="invalid_token", error_description="The session has ended"',
      );
      expect((await accounts.refresh(user.refreshToken)).status).toBe(401);
      const ended = async (): Promise<true | undefined> =>
        (await new Accounts(replica).me(user.token)).status === 401 ? true : undefined;
      await eventually('the end on the other replica', ended, 10_000);
      expect((await new Accounts(replica).me(other.body.accessToken)).status).toBe(200);
    } finally {
      await replica.close();
    }
  });
});

describe('an access token', () => {
  const now = Math.floor(Date.now() / 1000);
  const good = { sub: randomUUID(), sid: randomUUID(), role: 'user', iss: 'commonplace', iat: now, exp: now + 600 };

  it('of our own making is taken by these tests, so that the next ones mean something', async () => {
    const { userId } = await server.client.signUp();
    expect((await accounts.me(forge({ ...good, sub: userId }))).status).toBe(200);
  });

  it.each([
    ['that expired', forge({ ...good, exp: now - 1 }), 'invalid_token'],
    ['of another issuer', forge({ ...good, iss: 'another' }), 'invalid_token'],
    ['signed with another key', forge(good, { secret: 'another secret, also long enough for this' }), 'invalid_token'],
    ['without a signature', forge(good, { alg: 'none' }), 'invalid_token'],
    ['that says another algorithm', forge(good, { alg: 'HS384' }), 'invalid_token'],
    ['that is cut off', forge(good).slice(0, -5), 'invalid_token'],
    ['that is no JWT', 'abc', 'invalid_token'],
    ['whose account is gone', forge(good), 'invalid_token'],
    ['that is missing', undefined, undefined],
  ])('%s is refused with the challenge of RFC 6750', async (_, token, error) => {
    const { status, body, headers } = await server.client.get<ProblemBody>(ME, { token });
    expect([status, body.type]).toEqual([401, 'urn:commonplace:problem:unauthorized']);
    const challenge = headers.get('www-authenticate') ?? '';
    if (error === undefined) expect(challenge).toBe('Bearer');
    else expect(challenge).toMatch(/^Bearer error="invalid_token", error_description="[ -!#-~]+"$/);
  });

  it.each(['Basic YWRhOnB3', 'Bearer', 'Bearer  ', 'bearer x y', ''])('is not "%s"', async (authorization) => {
    expect((await server.client.get(ME, { headers: { authorization } })).status).toBe(401);
  });
});
