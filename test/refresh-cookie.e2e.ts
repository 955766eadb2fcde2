import { Accounts, AUTH, newAddress, PASSWORD, type Session } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import type { ProblemBody } from './support/notes';
import { sendRaw } from './support/raw-http';

const OWN = 'https://notes.example.org';
const LISTED = 'https://app.example.org';
const NAME = '__Secure-commonplace_refresh';

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp({ environment: { PUBLIC_URL: `${OWN}/`, CORS_ORIGINS: LISTED } });
  accounts = new Accounts(server);
});

afterAll(() => server.close());

type SessionAnswer = Answer<Session & ProblemBody>;

/** The value of the cookie that an answer sets; undefined when it sets none. */
function cookieOf({ headers }: Answer<object>): string | undefined {
  return /^[^=]+=([^;]*)/.exec(headers.get('set-cookie') ?? '')?.[1];
}

async function signUp(): Promise<{ session: Session; email: string; cookie: string; answer: SessionAnswer }> {
  const email = newAddress();
  const answer = await accounts.post('register', { email, password: PASSWORD, tokenDelivery: 'cookie' });
  expect(answer.status).toBe(201);
  return { session: answer.body, email, cookie: cookieOf(answer) ?? '', answer };
}

/** As a browser would, from a page of `origin`. */
function refresh(cookie: string, origin: string | undefined = OWN, body: unknown = {}): Promise<SessionAnswer> {
  return accounts.post('refresh', body, { cookie: `other=1; ${NAME}=${cookie}`, ...(origin && { origin }) });
}

function logout(token: string, headers: Record<string, string>): Promise<Answer<ProblemBody>> {
  return server.client.post(`${AUTH}/logout`, { token, headers });
}

const GONE = `${NAME}=; Max-Age=0; Path=/api/v1/auth; HttpOnly; Secure; SameSite=Strict`;

describe('the refresh cookie', () => {
  it('is for no script, no other site, no plain connection and no other path, and the body has no refresh token', async () => {
    const { answer, email, cookie } = await signUp();
    const attributes = 'Max-Age=2592000; Path=/api/v1/auth; HttpOnly; Secure; SameSite=Strict';
    expect(answer.headers.get('set-cookie')).toBe(`${NAME}=${cookie}; ${attributes}`);
    expect([cookie.startsWith('cmr_'), answer.body.refreshToken]).toEqual([true, null]);
    const login = await accounts.post('login', { email, password: PASSWORD, tokenDelivery: 'cookie' });
    expect([login.status, login.body.refreshToken, cookieOf(login)?.startsWith('cmr_')]).toEqual([200, null, true]);
    const inBody = await accounts.post('login', { email, password: PASSWORD });
    expect([cookieOf(inBody), inBody.body.refreshToken.startsWith('cmr_')]).toEqual([undefined, true]);
  });

  it('is taken with {} and with an empty body, and replaced by its successor', async () => {
    const { session, cookie } = await signUp();
    const first = await refresh(cookie);
    expect([first.status, first.body.refreshToken, first.body.user.id]).toEqual([200, null, session.user.id]);
    const second = cookieOf(first) ?? '';
    expect(second).not.toBe(cookie);
    const empty = await sendRaw(server.client.url, [
      `POST ${AUTH}/refresh HTTP/1.1\r\nHost: x\r\nOrigin: ${LISTED}\r\nCookie: ${NAME}=${second}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    ]);
    expect([empty.status, cookieOf(empty)?.startsWith('cmr_')]).toEqual([200, true]);
    const nulled = await refresh(cookieOf(empty) ?? '', OWN, { refreshToken: null });
    expect([nulled.status, nulled.body.refreshToken]).toEqual([200, null]);
  });

  it('gives the same successor to two at once and within 10 s', async () => {
    const { cookie, session } = await signUp();
    const answers = await Promise.all([refresh(cookie), refresh(cookie)]);
    await accounts.sql(`update sessions set rotated_at = rotated_at - interval '8 s' where user_id = $1`, [
      session.user.id,
    ]);
    answers.push(await refresh(cookie));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(cookieOf)).size).toBe(1);
  });

  it.each([
    ['another page', 'https://evil.example'],
    ['the same host without TLS', 'http://notes.example.org'],
    ['a sandboxed page', 'null'],
    ['nobody knows where', ''],
  ])('is not taken from %s, and not used up by that', async (_, origin) => {
    const { cookie, session } = await signUp();
    const refused = await refresh(cookie, origin);
    expect([refused.status, refused.body.type]).toEqual([403, 'urn:commonplace:problem:foreign-origin']);
    expect(cookieOf(refused)).toBeUndefined();
    const headers = { cookie: `${NAME}=${cookie}`, ...(origin && { origin }) };
    expect((await logout(session.accessToken, headers)).status).toBe(403);
    expect((await accounts.me(session.accessToken)).status).toBe(200);
    expect((await refresh(cookie)).status).toBe(200);
  });

  it('does not work as a token in the body, nor one from the body as a cookie', async () => {
    const { cookie, email } = await signUp();
    expect((await accounts.refresh(cookie)).status).toBe(401);
    expect((await refresh(cookie)).status).toBe(200);
    const { body } = await accounts.post('login', { email, password: PASSWORD });
    expect((await refresh(body.refreshToken)).status).toBe(401);
    const next = await accounts.refresh(body.refreshToken);
    expect([next.status, cookieOf(next)]).toEqual([200, undefined]);
  });

  it('is removed when the refresh is refused: made up, used before, or of an ended session', async () => {
    const { cookie, session } = await signUp();
    const madeUp = await refresh('cmr_made-up');
    expect([madeUp.status, madeUp.headers.get('set-cookie')]).toEqual([401, GONE]);
    await refresh(cookie);
    await accounts.sql(`update sessions set rotated_at = rotated_at - interval '11 s' where user_id = $1`, [
      session.user.id,
    ]);
    const reused = await refresh(cookie);
    expect([reused.status, reused.headers.get('set-cookie')]).toEqual([401, GONE]);
    expect((await accounts.me(session.accessToken)).status).toBe(401);
    const events = await accounts.sql(`select type from audit_events where user_id = $1 and type like '%reused'`, [
      session.user.id,
    ]);
    expect(events).toEqual([{ type: 'refresh-token-reused' }]);
  });

  it('is removed by signing out', async () => {
    const { cookie, session } = await signUp();
    const out = await logout(session.accessToken, { cookie: `${NAME}=${cookie}`, origin: LISTED });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, GONE]);
    expect((await refresh(cookie)).status).toBe(401);
    const plain = await server.client.signUp();
    const without = await logout(plain.token, {});
    expect([without.status, without.headers.get('set-cookie')]).toEqual([204, null]);
  });

  it('that is missing is a bad request', async () => {
    const { status, body } = await accounts.post('refresh', {}, { origin: OWN });
    expect([status, body.errors?.[0]?.pointer]).toEqual([400, '#/refreshToken']);
  });
});

describe('browsers of other origins', () => {
  const preflight = (app: TestApp, origin: string): Promise<Answer> =>
    app.client.request('OPTIONS', `${AUTH}/refresh`, {
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });

  it('may send the cookie when they are listed by name', async () => {
    const listed = await preflight(server, LISTED);
    expect(listed.headers.get('access-control-allow-origin')).toBe(LISTED);
    expect(listed.headers.get('access-control-allow-credentials')).toBe('true');
    const other = await preflight(server, 'https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may not when everyone may call', async () => {
    const open = await startTestApp({ environment: { CORS_ORIGINS: '*', WORKER: 'off' } });
    try {
      const { headers } = await preflight(open, LISTED);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      const body = { email: newAddress(), password: PASSWORD, tokenDelivery: 'cookie' };
      const answer = await new Accounts(open).post('register', body);
      const cookie = answer.headers.get('set-cookie') ?? '';
      expect(cookie).toMatch(
        /^commonplace_refresh=cmr_[\w-]+; Max-Age=\d+; Path=\/api\/v1\/auth; HttpOnly; SameSite=Strict$/,
      );
      const refused = await open.client.post<ProblemBody>(`${AUTH}/refresh`, {
        body: {},
        headers: { origin: LISTED, cookie: cookie.split(';')[0] ?? '' },
      });
      expect([refused.status, refused.body.type]).toEqual([403, 'urn:commonplace:problem:foreign-origin']);
    } finally {
      await open.close();
    }
  });
});
