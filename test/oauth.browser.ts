import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { AUTH, newAddress, type Session } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import { openBrowser } from './support/browser';
import { freePort } from './support/free-port';
import { pkce } from './support/oauth';
import { type OidcIssuer, startOidcIssuer } from './support/oidc-issuer';

/** A real browser, a real OpenID provider, and a client that listens on a port of the loopback, as apps do (RFC 8252). */
describe('signing in at an OpenID provider with a browser', () => {
  let url: string;
  let issuer: OidcIssuer;
  let server: TestApp;
  let app: Server;
  let appUri: string;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    issuer = await startOidcIssuer(`${url}${AUTH}/oauth/oidc/callback`);
    server = await startTestApp({
      environment: {
        PORT: String(port),
        PUBLIC_URL: url,
        CLIENT_REDIRECT_URIS: 'http://127.0.0.1/signed-in',
        OIDC_ISSUER: issuer.url,
        OIDC_CLIENT_ID: 'our-oidc',
        OIDC_CLIENT_SECRET: 'oidc secret',
        WORKER: 'off',
      },
    });
    app = createServer((_request, response) => response.end('You are back in the app')).listen(0, '127.0.0.1');
    await once(app, 'listening');
    appUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/signed-in`;
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    app.closeAllConnections();
    app.close();
    await server.close();
    await issuer.close();
  });

  beforeEach(async () => {
    context = await browser.newContext();
  });

  afterEach(() => context.close());

  async function begin(parameters: Record<string, string> = {}): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${url}${AUTH}/oauth/oidc?${new URLSearchParams(parameters).toString()}`);
    return page;
  }

  async function signInThere(page: Page, login: string): Promise<void> {
    await page.fill('input[name=login]', login);
    await page.fill('input[name=password]', 'any');
    await page.click('button[type=submit]');
    await page.click('button:has-text("Continue")');
  }

  function exchange(body: object) {
    return server.client.post<Session>(`${AUTH}/exchange`, { body });
  }

  it('ends in the app with a code, which the app trades for a session', async () => {
    const email = newAddress();
    const { codeVerifier, codeChallenge } = pkce();
    const page = await begin({ redirectUri: appUri, codeChallenge });
    await signInThere(page, email);
    await page.waitForURL(`${appUri}?code=*`);
    expect(await page.textContent('body')).toBe('You are back in the app');
    const code = new URL(page.url()).searchParams.get('code') ?? '';
    const { status, body } = await exchange({ code, codeVerifier });
    expect([status, body.user]).toEqual([
      200,
      expect.objectContaining({ email, emailVerified: true, name: 'Ada Lovelace' }),
    ]);
    expect((await context.cookies()).filter(({ name }) => name.startsWith('commonplace'))).toEqual([]);
  });

  it('ends in the app with an error when it is cancelled', async () => {
    const page = await begin({ redirectUri: appUri, codeChallenge: pkce().codeChallenge });
    await page.click('a:has-text("Cancel")');
    await page.waitForURL(`${appUri}?error=access-denied`);
  });

  it('ends at the page of this server without an app, with a cookie that lets this browser see the code', async () => {
    const email = newAddress();
    const page = await begin();
    await signInThere(page, email);
    await page.waitForURL(`${url}/account/signed-in?code=*`);
    const [cookie] = await context.cookies(`${url}/account/signed-in`);
    expect(cookie).toMatchObject({ name: 'commonplace_code', httpOnly: true, sameSite: 'Lax' });
    const code = new URL(page.url()).searchParams.get('code') ?? '';
    expect((await exchange({ code })).body.user.email).toBe(email);
  });

  it('works in two tabs at once, and a visited callback is no use any more', async () => {
    const client = (): Record<string, string> => ({ redirectUri: appUri, codeChallenge: pkce().codeChallenge });
    const [one, two] = [await begin(client()), await begin(client())];
    let callback = '';
    one.on('request', (request) => {
      if (request.url().includes('/callback?')) callback = request.url();
    });
    await signInThere(one, newAddress());
    await one.waitForURL(`${appUri}?code=*`);
    await two.reload();
    await two.goto(`${url}${AUTH}/oauth/oidc?${new URLSearchParams(client()).toString()}`);
    await two.waitForURL(`${appUri}?code=*`);
    await two.goto(callback);
    expect(two.url()).toBe(`${url}/account/error?code=state-invalid`);
  });
});
