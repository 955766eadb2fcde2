import { createHash, randomBytes } from 'node:crypto';
import { AUTH, type Session } from './accounts';
import { startTestApp, type TestApp } from './app';
import type { Answer } from './client';
import { CookieClient } from './cookie-client';
import { query } from './database';
import { freePort } from './free-port';
import type { ProblemBody } from './notes';
import { ProviderServer } from './provider-server';

export type ProviderId = 'google' | 'github' | 'oidc';

/** Where the clients of these tests are sent back to. */
export const CLIENT_URI = 'https://app.example.org/signed-in?from=provider';

export type ExchangeAnswer = Answer<Session & ProblemBody & { ticket: string }>;

/** The server with all three providers, each a real server too. */
export class OAuthTest {
  private constructor(
    readonly server: TestApp,
    readonly url: string,
    readonly providers: Record<ProviderId, ProviderServer>,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<OAuthTest> {
    const [google, github, oidc] = await Promise.all([
      ProviderServer.start('openid'),
      ProviderServer.start('github'),
      ProviderServer.start('openid'),
    ]);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await startTestApp({
      environment: {
        PORT: String(port),
        PUBLIC_URL: url,
        CLIENT_REDIRECT_URIS: `${CLIENT_URI},http://127.0.0.1/callback`,
        GOOGLE_CLIENT_ID: 'our-google',
        GOOGLE_CLIENT_SECRET: 'google secret',
        GOOGLE_URL: google.url,
        GITHUB_CLIENT_ID: 'our-github',
        GITHUB_CLIENT_SECRET: 'github secret',
        GITHUB_URL: github.url,
        OIDC_ISSUER: oidc.url,
        OIDC_CLIENT_ID: 'our-oidc',
        OIDC_CLIENT_SECRET: 'oidc secret',
        OIDC_NAME: 'Example ID',
        WORKER: 'off',
        ...environment,
      },
    });
    return new OAuthTest(server, url, { google, github, oidc });
  }

  async close(): Promise<void> {
    await this.server.close();
    await Promise.all(Object.values(this.providers).map((provider) => provider.close()));
  }

  start(provider: ProviderId, parameters: Record<string, string> = {}): string {
    const search = new URLSearchParams(parameters).toString();
    return `${this.url}${AUTH}/oauth/${provider}${search === '' ? '' : `?${search}`}`;
  }

  /** From the start to the address at which the provider sends the browser back, not yet visited. */
  async toCallback(browser: CookieClient, provider: ProviderId, parameters?: Record<string, string>): Promise<string> {
    return browser.next(await browser.next(this.start(provider, parameters)));
  }

  /** The whole way, and where the browser is in the end. */
  async visit(provider: ProviderId, parameters?: Record<string, string>, browser = new CookieClient()): Promise<URL> {
    return new URL(await browser.next(await this.toCallback(browser, provider, parameters)));
  }

  /** A code for a client, and the verifier to it. */
  async code(provider: ProviderId): Promise<{ code: string; codeVerifier: string }> {
    const { codeVerifier, codeChallenge } = pkce();
    const end = await this.visit(provider, { redirectUri: CLIENT_URI, codeChallenge });
    const code = end.searchParams.get('code');
    if (code === null) throw new Error(`The browser came back without a code: ${end.href}`);
    return { code, codeVerifier };
  }

  exchange(body: object): Promise<ExchangeAnswer> {
    return this.server.client.post(`${AUTH}/exchange`, { body });
  }

  /** Signs in with a provider. */
  async signIn(provider: ProviderId): Promise<ExchangeAnswer> {
    return this.exchange(await this.code(provider));
  }

  sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return query<Row>(this.server.databaseUrl, text, values);
  }

  /** An account with a password whose address is verified. */
  async verifiedAccount(email: string): Promise<{ userId: string; token: string }> {
    const { userId, token } = await this.server.client.signUp(email);
    await this.sql('update users set email_verified_at = now() where id = $1', [userId]);
    return { userId, token };
  }
}

/** RFC 7636. */
export function pkce(): { codeVerifier: string; codeChallenge: string } {
  const codeVerifier = randomBytes(32).toString('base64url');
  return { codeVerifier, codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url') };
}
