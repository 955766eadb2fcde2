import { AUTH, claimsOf, newAddress } from './support/accounts';
import { CookieClient } from './support/cookie-client';
import { CLIENT_URI, OAuthTest, pkce, type ProviderId } from './support/oauth';
import { expectProblem } from './support/problems';
import { mailsTo } from './support/second-factor';

const ALL: ProviderId[] = ['google', 'github', 'oidc'];

let oauth: OAuthTest;

beforeAll(async () => {
  oauth = await OAuthTest.start();
});

afterAll(() => oauth.close());

let nextSubject = 1_000;
let email: string;

beforeEach(() => {
  email = newAddress();
  nextSubject += 1;
  for (const id of ALL) {
    oauth.providers[id].reset({ subject: nextSubject, email, emailVerified: true, name: 'Ada Lovelace' });
  }
});

const eventsOf = (userId: string): Promise<{ type: string; detail: object | null }[]> =>
  oauth.sql('select type, detail from audit_events where user_id = $1 order by created_at, id', [userId]);

describe('the providers', () => {
  it('are listed with what the button says and where it leads', async () => {
    const { status, body } = await oauth.server.client.get(`${AUTH}/providers`);
    expect([status, body]).toEqual([
      200,
      {
        data: [
          { id: 'google', name: 'Google', startUrl: `${oauth.url}${AUTH}/oauth/google` },
          { id: 'github', name: 'GitHub', startUrl: `${oauth.url}${AUTH}/oauth/github` },
          { id: 'oidc', name: 'Example ID', startUrl: `${oauth.url}${AUTH}/oauth/oidc` },
        ],
      },
    ]);
  });
});

describe.each(ALL)('signing in with %s', (provider) => {
  it('sends the browser there with a state, PKCE and our exact callback', async () => {
    const response = await new CookieClient().get(oauth.start(provider));
    const location = new URL(response.headers.get('location') ?? '');
    expect([response.status, location.origin]).toEqual([302, oauth.providers[provider].url]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      response_type: 'code',
      client_id: `our-${provider}`,
      redirect_uri: `${oauth.url}${AUTH}/oauth/${provider}/callback`,
      scope: provider === 'github' ? 'user:email' : expect.stringMatching(/^openid (email profile)$/),
      state: expect.stringMatching(/^cmo_[A-Za-z0-9_-]{43}$/),
      code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge_method: 'S256',
      ...(provider === 'oidc' && { nonce: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) }),
    });
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      new RegExp(
        `^commonplace_flow_[0-9a-f]{16}=[A-Za-z0-9_-]+; Max-Age=600; Path=${AUTH}/oauth/${provider}/callback; HttpOnly; SameSite=Lax$`,
      ),
    );
  });

  it('brings a code back to the client, which makes an account and then signs into it', async () => {
    const first = await oauth.signIn(provider);
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(first.body.user).toMatchObject({ email, emailVerified: true, name: 'Ada Lovelace' });
    expect(claimsOf(first.body.accessToken)).toMatchObject({ sub: first.body.user.id, email_verified: true });
    const again = await oauth.signIn(provider);
    expect([again.status, again.body.user.id]).toEqual([200, first.body.user.id]);
    expect(await eventsOf(first.body.user.id)).toEqual([
      { type: 'registered', detail: { method: provider } },
      { type: 'signed-in', detail: { method: provider, secondFactor: false } },
      { type: 'signed-in', detail: { method: provider, secondFactor: false } },
    ]);
  });

  it('lets nobody see its tokens or the code in anything that is stored', async () => {
    const { code, codeVerifier } = await oauth.code(provider);
    const [row] = await oauth.sql<{ data: object }>(
      `select data from one_time_tokens where purpose = 'provider-code' order by created_at desc limit 1`,
    );
    expect(Object.keys(row?.data ?? {}).toSorted()).toEqual(
      ['provider', 'subject', 'email', 'emailVerified', 'name', 'codeChallenge'].toSorted(),
    );
    const stored = JSON.stringify(await oauth.sql('select * from one_time_tokens'));
    expect([stored.includes(code), stored.includes(codeVerifier)]).toEqual([false, false]);
  });

  it('asks the provider with the token in a header, never in an address', async () => {
    await oauth.signIn(provider);
    const { requests } = oauth.providers[provider];
    expect(requests.filter(({ url }) => url.includes('access_token='))).toEqual([]);
    const userRequests = requests.filter(({ url }) => /^\/(userinfo|api)/.test(url));
    expect(userRequests.length).toBeGreaterThan(0);
    for (const { authorization } of userRequests) expect(authorization).toMatch(/^Bearer /);
  });

  it('works in several tabs of one browser at once', async () => {
    const browser = new CookieClient();
    const callbacks = [await oauth.toCallback(browser, provider), await oauth.toCallback(browser, provider)];
    expect(browser.cookies.size).toBe(2);
    for (const callback of callbacks.toReversed()) {
      expect(await browser.next(callback)).toMatch(/\/account\/signed-in\?code=cmo_/);
    }
    expect([...browser.cookies.keys()]).toEqual(['commonplace_code']);
  });

  it('says that the user refused, or that the provider failed, and nothing more', async () => {
    const browser = new CookieClient();
    const fail = async (error: string, parameters?: Record<string, string>): Promise<string> => {
      const callback = new URL(await oauth.toCallback(browser, provider, parameters));
      callback.searchParams.delete('code');
      callback.searchParams.set('error', error);
      callback.searchParams.set('error_description', '<script>alert(1)</script>');
      return browser.next(callback.href);
    };
    const client = { redirectUri: CLIENT_URI, codeChallenge: pkce().codeChallenge };
    expect(await fail('access_denied', client)).toBe(`${CLIENT_URI}&error=access-denied`);
    expect(await fail('server_error', client)).toBe(`${CLIENT_URI}&error=provider-error`);
    expect(await fail('access_denied')).toBe(`${oauth.url}/account/error?code=access-denied`);
    expect(await fail('<script>')).toBe(`${oauth.url}/account/error?code=provider-error`);
  });
});

describe('a client', () => {
  it('of any port of the loopback gets the code there', async () => {
    const redirectUri = 'http://127.0.0.1:51234/callback';
    const end = await oauth.visit('google', { redirectUri, codeChallenge: pkce().codeChallenge });
    expect(end.href).toMatch(/^http:\/\/127\.0\.0\.1:51234\/callback\?code=cmo_[A-Za-z0-9_-]{43}$/);
  });

  it('must send the address and the challenge together, or neither', async () => {
    const path = `${AUTH}/oauth/google`;
    const challenge = pkce().codeChallenge;
    for (const [search, pointer] of [
      [{ redirectUri: CLIENT_URI }, '?codeChallenge'],
      [{ codeChallenge: challenge }, '?redirectUri'],
      [{ redirectUri: CLIENT_URI, codeChallenge: challenge.slice(1) }, '?codeChallenge'],
      [{ redirectUri: CLIENT_URI, codeChallenge: `${challenge.slice(1)}=` }, '?codeChallenge'],
      [{ redirectUri: '', codeChallenge: challenge }, '?redirectUri'],
      [{ colour: 'red' }, '?colour'],
    ] as const) {
      const answer = await oauth.server.client.get<{ errors: { pointer: string }[] }>(
        `${path}?${new URLSearchParams(search).toString()}`,
      );
      expectProblem(answer, 400, 'validation-failed', path, ['errors']);
      expect(answer.body.errors.map((error) => error.pointer)).toEqual([pointer]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('may have the refresh token in a cookie', async () => {
    const answer = await oauth.exchange({ ...(await oauth.code('google')), tokenDelivery: 'cookie' });
    expect([answer.status, answer.body.refreshToken]).toEqual([200, null]);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^commonplace_refresh=cmr_/)]);
  });

  it('gets nothing for a body that is not one', async () => {
    for (const body of [{}, { code: 1 }, { code: 'x'.repeat(201) }, { code: 'x', codeVerifier: 'short' }]) {
      expectProblem(await oauth.exchange(body), 400, 'validation-failed', `${AUTH}/exchange`, ['errors']);
    }
  });
});

describe('without a client', () => {
  it('the code is shown by the page of this server, and works without a verifier', async () => {
    const browser = new CookieClient();
    const end = await oauth.visit('google', {}, browser);
    const code = end.searchParams.get('code') ?? '';
    expect(end.href).toBe(`${oauth.url}/account/signed-in?code=${code}`);
    const cookie = browser.cookies.get('commonplace_code');
    expect(cookie?.path).toBe('/account/signed-in');
    expect((await oauth.exchange({ code })).body.user.email).toBe(email);
  });
});

describe('an account', () => {
  it('with the same address is linked when both sides have verified it', async () => {
    const { userId } = await oauth.verifiedAccount(email);
    oauth.providers.google.person.email = email.toUpperCase();
    const answer = await oauth.signIn('google');
    expect([answer.status, answer.body.user.id]).toEqual([200, userId]);
    expect((await eventsOf(userId)).map(({ type }) => type)).toEqual([
      'registered',
      'signed-in',
      'identity-linked',
      'signed-in',
    ]);
    expect(await mailsTo(oauth.server, userId)).toEqual(['An account at a provider was linked']);
    oauth.providers.google.person.email = newAddress();
    expect((await oauth.signIn('google')).body.user.id).toBe(userId);
  });

  it('is made with the address of GitHub that is primary, whatever else is said', async () => {
    const { body } = await oauth.signIn('github');
    expect(body.user.email).toBe(email);
  });

  it('is made unverified when the provider did not verify the address', async () => {
    oauth.providers.oidc.person.emailVerified = false;
    const { status, body } = await oauth.signIn('oidc');
    expect([status, body.user.email, body.user.emailVerified]).toEqual([200, email, false]);
  });

  it('needs an address that the provider says, save for whoever has one already', async () => {
    const { body: before } = await oauth.signIn('google');
    oauth.providers.google.person.email = undefined;
    expect((await oauth.signIn('google')).body.user.id).toBe(before.user.id);
    for (const id of ALL) {
      for (const address of [undefined, 'not an address', `${'x'.repeat(250)}@example.org`]) {
        oauth.providers[id].reset({ subject: 7_000_001, email: address, emailVerified: true });
        expectProblem(await oauth.signIn(id), 403, 'email-missing', `${AUTH}/exchange`);
      }
    }
  });

  it('that an administrator disabled stays closed', async () => {
    const { body } = await oauth.signIn('google');
    await oauth.sql('update users set disabled_at = now() where id = $1', [body.user.id]);
    const code = await oauth.code('google');
    expectProblem(await oauth.exchange(code), 403, 'account-disabled', `${AUTH}/exchange`);
    // The code is used up all the same.
    expectProblem(await oauth.exchange(code), 400, 'token-invalid', `${AUTH}/exchange`);
  });

  it('with a second factor is asked for it', async () => {
    const { body } = await oauth.signIn('google');
    await oauth.sql(`insert into totp (user_id, secret, confirmed_at) values ($1, '\\x00', now())`, [body.user.id]);
    const answer = await oauth.signIn('google');
    expectProblem(answer, 401, 'second-factor-required', `${AUTH}/exchange`, ['ticket', 'expiresIn']);
    expect(answer.body.ticket).toMatch(/^cmo_/);
  });

  it('keeps a name that fits, and takes none that does not', async () => {
    oauth.providers.google.person.name = `  ${'🦉'.repeat(300)}`;
    expect((await oauth.signIn('google')).body.user.name).toBe('🦉'.repeat(200));
    oauth.providers.oidc.reset({ subject: 'another', email: newAddress(), emailVerified: true, name: 'a\u0000b' });
    expect((await oauth.signIn('oidc')).body.user.name).toBeNull();
  });

  it('is one, however many first sign-ins there are at once', async () => {
    const codes = await Promise.all(Array.from({ length: 6 }, () => oauth.code('google')));
    const answers = await Promise.all(codes.map((code) => oauth.exchange(code)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
    const [counts] = await oauth.sql(
      `select (select count(*)::int from users where email = $1) as users,
              (select count(*)::int from identities where email = $1) as identities`,
      [email],
    );
    expect(counts).toEqual({ users: 1, identities: 1 });
  });

  it('is one when the first sign-ins are with different providers', async () => {
    const codes = await Promise.all(ALL.map((id) => oauth.code(id)));
    const answers = await Promise.all(codes.map((code) => oauth.exchange(code)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
  });
});
