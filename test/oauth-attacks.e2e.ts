import { AUTH, newAddress } from './support/accounts';
import { CookieClient } from './support/cookie-client';
import { CLIENT_URI, OAuthTest, pkce, type ProviderId } from './support/oauth';
import { expectProblem } from './support/problems';

const ALL: ProviderId[] = ['google', 'github', 'oidc'];
const EXCHANGE = `${AUTH}/exchange`;

let oauth: OAuthTest;
let invalidState: string;

beforeAll(async () => {
  oauth = await OAuthTest.start();
  invalidState = `${oauth.url}/account/error?code=state-invalid`;
});

afterAll(() => oauth.close());

let nextSubject = 1;
let email: string;

beforeEach(() => {
  email = newAddress();
  nextSubject += 1;
  for (const id of ALL) oauth.providers[id].reset({ subject: nextSubject, email, emailVerified: true, name: 'Ada' });
});

const codesIssued = async (): Promise<unknown> =>
  oauth.sql(`select count(*)::int as count from one_time_tokens where purpose = 'provider-code'`);

/** Visits a callback that must be refused: no code is made, and the provider is asked nothing. */
async function expectRefused(browser: CookieClient, callback: string): Promise<void> {
  const before = await codesIssued();
  for (const id of ALL) oauth.providers[id].requests.length = 0;
  const response = await browser.get(callback);
  expect([response.status, response.headers.get('location')]).toEqual([303, invalidState]);
  expect(await codesIssued()).toEqual(before);
  expect(ALL.flatMap((id) => oauth.providers[id].requests)).toEqual([]);
}

function changed(callback: string, change: (parameters: URLSearchParams) => void): string {
  const url = new URL(callback);
  change(url.searchParams);
  return url.href;
}

describe.each(ALL)('the state of a sign-in with %s', (provider) => {
  it('is refused when it is forged, missing, twice there or empty', async () => {
    const browser = new CookieClient();
    const callback = await oauth.toCallback(browser, provider);
    for (const change of [
      (query: URLSearchParams) => query.set('state', `cmo_${'A'.repeat(43)}`),
      (query: URLSearchParams) => query.set('state', `${query.get('state') ?? ''}x`),
      (query: URLSearchParams) => query.delete('state'),
      (query: URLSearchParams) => query.set('state', ''),
      (query: URLSearchParams) => query.append('state', query.get('state') ?? ''),
      (query: URLSearchParams) => query.append('code', 'another'),
    ]) {
      await expectRefused(browser, changed(callback, change));
    }
    expect(await browser.next(callback)).toMatch(/signed-in\?code=/);
  });

  it('works once', async () => {
    const browser = new CookieClient();
    const callback = await oauth.toCallback(browser, provider);
    const cookies = new Map(browser.cookies);
    expect(await browser.next(callback)).toMatch(/signed-in\?code=/);
    await expectRefused(browser, callback);
    for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
    await expectRefused(browser, callback);
  });

  it('works once also for two at once', async () => {
    const browser = new CookieClient();
    const callback = await oauth.toCallback(browser, provider);
    const headers = { cookie: browser.header(callback) };
    const answers = await Promise.all([1, 2, 3].map(() => fetch(callback, { headers, redirect: 'manual' })));
    const ends = answers.map((answer) => answer.headers.get('location') ?? '').toSorted();
    expect(ends).toEqual([invalidState, invalidState, expect.stringMatching(/signed-in\?code=/)]);
  });

  it('is refused in another browser, without a cookie or with its own', async () => {
    const attacker = new CookieClient();
    const callback = await oauth.toCallback(attacker, provider);
    await expectRefused(new CookieClient(), callback);
    const victim = new CookieClient();
    await oauth.toCallback(victim, provider);
    await expectRefused(victim, callback);
    // Under the name of the attacker's flow, it is still the cookie of another.
    const [[name = ''] = []] = attacker.cookies;
    const [[, own] = []] = victim.cookies;
    if (own !== undefined) victim.cookies.set(name, own);
    await expectRefused(victim, callback);
  });

  it('is refused with a cookie that was changed', async () => {
    const browser = new CookieClient();
    const callback = await oauth.toCallback(browser, provider);
    const [[name = '', cookie] = []] = browser.cookies;
    if (cookie === undefined) throw new Error('There is no cookie');
    const flipped = cookie.value.startsWith('A') ? 'B' : 'A';
    for (const value of ['', 'x', 'AAAA', flipped + cookie.value.slice(1), cookie.value.slice(0, -4), 'e30']) {
      browser.cookies.set(name, { ...cookie, value });
      await expectRefused(browser, callback);
    }
  });

  it('is refused after ten minutes', async () => {
    const browser = new CookieClient();
    const callback = await oauth.toCallback(browser, provider);
    const [token] = await oauth.sql(
      `update one_time_tokens set expires_at = expires_at - interval '10 minutes'
       where id = (select id from one_time_tokens where purpose = 'provider-state' order by created_at desc limit 1)
       returning expires_at between now() - interval '10 seconds' and now() as just_over`,
    );
    expect(token).toEqual({ just_over: true });
    await expectRefused(browser, callback);
  });

  it('is refused at the callback of another provider, the mix-up attack', async () => {
    for (const other of ALL.filter((id) => id !== provider)) {
      const browser = new CookieClient();
      const callback = await oauth.toCallback(browser, provider);
      // Even if the browser sent the cookie there.
      for (const [name, cookie] of browser.cookies) browser.cookies.set(name, { ...cookie, path: '/' });
      await expectRefused(browser, callback.replace(`/${provider}/`, `/${other}/`));
    }
  });

  it('is refused with an answer that names another issuer (RFC 9207)', async () => {
    const client = { redirectUri: CLIENT_URI, codeChallenge: pkce().codeChallenge };
    const finish = async (iss: string): Promise<string> => {
      const browser = new CookieClient();
      const callback = await oauth.toCallback(browser, provider, client);
      return browser.next(changed(callback, (query) => query.set('iss', iss)));
    };
    const { url } = oauth.providers[provider];
    expect(await finish('https://evil.example')).toBe(`${CLIENT_URI}&error=provider-error`);
    expect(await finish(provider === 'github' ? `${url}/login/oauth` : url)).toMatch(/&code=cmo_/);
  });

  it('begins no second round when the provider sends no code', async () => {
    const browser = new CookieClient();
    const callback = await oauth.toCallback(browser, provider);
    const end = await browser.next(changed(callback, (query) => query.delete('code')));
    expect(end).toBe(`${oauth.url}/account/error?code=provider-error`);
  });
});

describe('a code of ours', () => {
  it('works once, also for two at once', async () => {
    const code = await oauth.code('google');
    const answers = await Promise.all([oauth.exchange(code), oauth.exchange(code)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expectProblem(await oauth.exchange(code), 400, 'token-invalid', EXCHANGE);
  });

  it('works for a minute', async () => {
    const code = await oauth.code('google');
    await oauth.sql(
      `update one_time_tokens set expires_at = expires_at - interval '60 seconds' where purpose = 'provider-code'`,
    );
    expectProblem(await oauth.exchange(code), 400, 'token-invalid', EXCHANGE);
  });

  it('is used up by a wrong verifier', async () => {
    const { code, codeVerifier } = await oauth.code('google');
    expectProblem(await oauth.exchange({ code, codeVerifier: pkce().codeVerifier }), 400, 'token-invalid', EXCHANGE);
    expectProblem(await oauth.exchange({ code, codeVerifier }), 400, 'token-invalid', EXCHANGE);
  });

  it('is of no use without the verifier, nor one without a challenge to a client that has a verifier', async () => {
    const { code } = await oauth.code('google');
    expectProblem(await oauth.exchange({ code }), 400, 'token-invalid', EXCHANGE);
    const shown = (await oauth.visit('google')).searchParams.get('code') ?? '';
    const { codeVerifier } = pkce();
    expectProblem(await oauth.exchange({ code: shown, codeVerifier }), 400, 'token-invalid', EXCHANGE);
  });

  it('is left as it is by a verifier that is none', async () => {
    const { code, codeVerifier } = await oauth.code('google');
    for (const none of [null, '', 'x', [codeVerifier]]) {
      expectProblem(await oauth.exchange({ code, codeVerifier: none }), 400, 'validation-failed', EXCHANGE, ['errors']);
    }
    expect((await oauth.exchange({ code, codeVerifier })).status).toBe(200);
  });

  it('is no other one-time token, and no other is one', async () => {
    const callback = await oauth.toCallback(new CookieClient(), 'google');
    const state = new URL(callback).searchParams.get('state') ?? '';
    expectProblem(await oauth.exchange({ code: state }), 400, 'token-invalid', EXCHANGE);
    for (const code of ['', 'cmo_', 'x', `cmo_${'A'.repeat(43)}`]) {
      expectProblem(await oauth.exchange({ code }), 400, 'token-invalid', EXCHANGE);
    }
  });
});

describe('an account that is there', () => {
  it.each([
    ['the provider', false, true],
    ['this server', true, false],
    ['either', false, false],
  ])('is not taken over by an address that was not verified by %s', async (_, byProvider, byUs) => {
    const { userId } = await oauth.server.client.signUp(email);
    if (byUs) await oauth.sql('update users set email_verified_at = now() where id = $1', [userId]);
    for (const id of ALL) {
      oauth.providers[id].person.emailVerified = byProvider;
      expectProblem(await oauth.signIn(id), 403, 'link-required', EXCHANGE);
    }
    expect(await oauth.sql('select id from identities where user_id = $1', [userId])).toEqual([]);
    expect(
      await oauth.sql(`select detail from audit_events where user_id = $1 and type = 'sign-in-failed'`, [userId]),
    ).toEqual(ALL.map((method) => ({ detail: { method, reason: 'link-required' } })));
  });

  it.each([undefined, null, 'true', 1])('takes %p from the provider as not verified', async (claim) => {
    await oauth.verifiedAccount(email);
    for (const id of ALL) {
      oauth.providers[id].person.emailVerified = claim;
      expectProblem(await oauth.signIn(id), 403, 'link-required', EXCHANGE);
    }
  });

  it.each([
    ['i', '\u0130'],
    ['k', '\u212A'],
  ])('is not taken over by an address that is the same only without case: %s', async (letter, other) => {
    const { userId } = await oauth.verifiedAccount(`${letter}-${email}`);
    for (const id of ALL) {
      oauth.providers[id].person.email = `${other}-${email}`;
      expectProblem(await oauth.signIn(id), 403, 'email-missing', EXCHANGE);
    }
    expect(await oauth.sql('select id from identities where user_id = $1', [userId])).toEqual([]);
  });

  it('is found by the subject, not by an address that somebody has now', async () => {
    const { body: ada } = await oauth.signIn('google');
    oauth.providers.google.person.subject = 'another person';
    oauth.providers.google.person.emailVerified = false;
    expectProblem(await oauth.signIn('google'), 403, 'link-required', EXCHANGE);
    oauth.providers.google.reset({ subject: nextSubject, email: newAddress(), emailVerified: true });
    expect((await oauth.signIn('google')).body.user).toMatchObject({ id: ada.user.id, email });
  });

  it('of one provider is not that of another with the same subject', async () => {
    const { body: google } = await oauth.signIn('google');
    oauth.providers.github.person.email = newAddress();
    const { body: github } = await oauth.signIn('github');
    expect(github.user.id).not.toBe(google.user.id);
  });
});
