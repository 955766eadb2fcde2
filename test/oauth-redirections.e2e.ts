import { AUTH } from './support/accounts';
import { CookieClient } from './support/cookie-client';
import { CLIENT_URI, OAuthTest, pkce } from './support/oauth';
import { expectProblem } from './support/problems';

let oauth: OAuthTest;

beforeAll(async () => {
  oauth = await OAuthTest.start();
});

afterAll(() => oauth.close());

describe('an open redirection', () => {
  it.each([
    'https://evil.example/',
    'https://app.example.org@evil.example/signed-in?from=provider',
    `${CLIENT_URI}/../../evil`,
    `${CLIENT_URI}&next=https://evil.example`,
    encodeURIComponent(CLIENT_URI),
    `${CLIENT_URI}\r\nX-Evil: 1`,
    'javascript:alert(1)',
    '//evil.example',
    'http://127.0.0.1:80@evil.example/callback',
  ])('to %j is refused, and nothing begins', async (redirectUri) => {
    const query = new URLSearchParams({ redirectUri, codeChallenge: pkce().codeChallenge }).toString();
    const answer = await oauth.server.client.get(`${AUTH}/oauth/google?${query}`);
    expectProblem(answer, 400, 'validation-failed', `${AUTH}/oauth/google`, ['errors']);
    expect([answer.headers.get('location'), answer.headers.get('x-evil')]).toEqual([null, null]);
    expect(answer.text).not.toContain('evil.example');
  });

  it('cannot be had by a repeated or nested parameter either', async () => {
    for (const query of [
      `redirectUri=${CLIENT_URI}&redirectUri=https://evil.example`,
      'redirectUri[]=x',
      'redirect_uri=x',
    ]) {
      const { status, headers } = await oauth.server.client.get(`${AUTH}/oauth/google?${query}`);
      expect([query, status, headers.get('location')]).toEqual([query, 400, null]);
    }
  });

  it('is no way out of the callback: what is in its address goes nowhere', async () => {
    const browser = new CookieClient();
    const callback = await oauth.toCallback(browser, 'google');
    const url = new URL(callback);
    url.searchParams.set('redirectUri', 'https://evil.example');
    url.searchParams.set('error_uri', 'https://evil.example');
    url.searchParams.set('error', '<img src=x>');
    const end = await browser.next(url.href);
    expect(end).toBe(`${oauth.url}/account/error?code=provider-error`);
  });
});
