import { newAddress } from './support/accounts';
import { CookieClient } from './support/cookie-client';
import { CLIENT_URI, OAuthTest, pkce, type ProviderId } from './support/oauth';
import { sendJson } from './support/provider-server';

const ALL: ProviderId[] = ['google', 'github', 'oidc'];

let oauth: OAuthTest;

beforeAll(async () => {
  oauth = await OAuthTest.start();
});

afterAll(() => oauth.close());

let nextSubject = 1;
let email: string;

beforeEach(() => {
  email = newAddress();
  nextSubject += 1;
  for (const id of ALL) oauth.providers[id].reset({ subject: nextSubject, email, emailVerified: true, name: 'Ada' });
});

describe('an OpenID provider', () => {
  const DISCOVERY = '/.well-known/openid-configuration';

  it('that is down at the first sign-in is asked again at the next, and then no more', async () => {
    const { instead, requests } = oauth.providers.oidc;
    const client = { redirectUri: CLIENT_URI, codeChallenge: pkce().codeChallenge };
    instead.set(DISCOVERY, (request) => request.socket.destroy());
    expect(await new CookieClient().next(oauth.start('oidc', client))).toBe(`${CLIENT_URI}&error=provider-error`);
    expect(await new CookieClient().next(oauth.start('oidc'))).toBe(`${oauth.url}/account/error?code=provider-error`);
    instead.set(DISCOVERY, (_request, response) => sendJson(response, { issuer: 'https://evil.example' }));
    expect(await new CookieClient().next(oauth.start('oidc', client))).toBe(`${CLIENT_URI}&error=provider-error`);
    instead.clear();
    requests.length = 0;
    for (let time = 0; time < 3; time += 1) expect((await oauth.signIn('oidc')).status).toBe(200);
    expect(requests.filter(({ url }) => url === DISCOVERY)).toHaveLength(1);
  });
});

describe.each(ALL)('when %s', (provider) => {
  const client = { redirectUri: CLIENT_URI, codeChallenge: pkce().codeChallenge };
  const token = provider === 'github' ? '/login/oauth/access_token' : '/token';
  const user = provider === 'github' ? '/api/v3/user' : '/userinfo';

  it.each([
    ['answers an error', 500, '{"error":"server_error","error_description":"secret of the inside"}'],
    ['answers no JSON', 200, '<html>'],
    ['answers null', 200, 'null'],
    ['answers a list', 200, '[]'],
    ['answers a redirection', 302, '{}'],
    ['answers more than is read', 200, `{"access_token":"x","padding":"${'x'.repeat(2_000_000)}"}`],
  ])('%s, nobody is signed in and nothing of it is told', async (_, status, body) => {
    for (const path of [token, user, ...(provider === 'github' ? ['/api/v3/user/emails'] : [])]) {
      oauth.providers[provider].instead.set(path, (_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end(body);
      });
      const end = await oauth.visit(provider, client);
      expect([path, end.href]).toEqual([path, `${CLIENT_URI}&error=provider-error`]);
      oauth.providers[provider].instead.clear();
    }
    expect((await oauth.signIn(provider)).status).toBe(200);
  });

  it('says nothing for ten seconds, it is given up', async () => {
    oauth.providers[provider].instead.set(token, () => undefined);
    const began = Date.now();
    expect((await oauth.visit(provider, client)).href).toBe(`${CLIENT_URI}&error=provider-error`);
    expect(Date.now() - began).toBeGreaterThanOrEqual(9_900);
  });

  it('does not say who it is, nobody is signed in', async () => {
    oauth.providers[provider].instead.set(user, (_request, response) => sendJson(response, { name: 'Nobody', email }));
    oauth.providers[provider].forge = (claims) => delete claims.sub;
    expect((await oauth.visit(provider, client)).href).toBe(`${CLIENT_URI}&error=provider-error`);
  });
});

describe('an ID token', () => {
  const now = Math.floor(Date.now() / 1_000);

  it.each([
    ['for another flow', { nonce: 'another' }],
    ['without a nonce', { nonce: undefined }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'another' }],
    ['that expired', { exp: now - 3_600 }],
  ])('%s is refused', async (_, claims) => {
    oauth.providers.oidc.forge = (token) => Object.assign(token, claims);
    expect((await oauth.visit('oidc')).href).toBe(`${oauth.url}/account/error?code=provider-error`);
  });

  it('is not replaced by user information of somebody else', async () => {
    oauth.providers.oidc.instead.set('/userinfo', (_request, response) =>
      sendJson(response, { sub: 'somebody else', email, email_verified: true }),
    );
    expect((await oauth.visit('oidc')).href).toBe(`${oauth.url}/account/error?code=provider-error`);
  });
});
