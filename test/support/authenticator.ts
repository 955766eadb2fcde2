import type { Browser, CDPSession, Page } from 'playwright-core';
import { AUTH } from './accounts';
import type { TestApp } from './app';
import type { Answer } from './client';
import type { ProblemBody } from './notes';

/** Where the browser believes the server to be: WebAuthn knows no IP addresses. */
export const ORIGIN = 'http://notes.localhost:4321';

export interface Ceremony {
  ticket: string;
  options: Record<string, unknown>;
}

/** What a browser makes of options. */
export type Credential = Record<string, unknown> & { id: string; response: Record<string, string> };

export interface PasskeyBody extends ProblemBody {
  id: string;
  name: string;
  backedUp: boolean;
  createdAt: string;
  lastUsedAt: string | null;
  accessToken: string;
  refreshToken: string | null;
  user: { id: string };
}

interface StoredCredential {
  credentialId: string;
  signCount: number;
}

const DEVICE = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

/** A page of Chromium with an authenticator of its own (Chrome DevTools Protocol, WebAuthn): a real client, real keys, real signatures. */
export class Authenticator {
  private constructor(
    private readonly server: TestApp,
    readonly page: Page,
    private readonly cdp: CDPSession,
    private readonly id: string,
  ) {}

  static async open(
    browser: Browser,
    server: TestApp,
    options: Partial<typeof DEVICE> | object = {},
  ): Promise<Authenticator> {
    const context = await browser.newContext();
    const page = await context.newPage();
    // Every host of the tests is this server, with its own headers.
    await page.route(/^http:\/\/([\w.]+\.)?localhost:\d+\//, async (route) => {
      const { pathname } = new URL(route.request().url());
      await route.fulfill({ response: await route.fetch({ url: server.client.url + pathname }) });
    });
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...DEVICE, ...options },
    });
    const authenticator = new Authenticator(server, page, cdp, authenticatorId);
    await authenticator.visit(ORIGIN);
    return authenticator;
  }

  async visit(origin: string): Promise<void> {
    await this.page.goto(`${origin}/health/live`);
  }

  /** `navigator.credentials.create` with the helpers for JSON that clients use. */
  create(options: object): Promise<Credential> {
    return this.page.evaluate(async (json) => {
      const browser = globalThis as unknown as BrowserGlobals;
      const publicKey = browser.PublicKeyCredential.parseCreationOptionsFromJSON(json);
      return (await browser.navigator.credentials.create({ publicKey })).toJSON();
    }, options);
  }

  /** `navigator.credentials.get`. */
  get(options: object): Promise<Credential> {
    return this.page.evaluate(async (json) => {
      const browser = globalThis as unknown as BrowserGlobals;
      const publicKey = browser.PublicKeyCredential.parseRequestOptionsFromJSON(json);
      return (await browser.navigator.credentials.get({ publicKey })).toJSON();
    }, options);
  }

  async begin(token: string): Promise<Ceremony> {
    return (await this.server.client.post<Ceremony>(`${AUTH}/passkeys/registration`, { token })).body;
  }

  async beginSignIn(): Promise<Ceremony> {
    return (await this.server.client.post<Ceremony>(`${AUTH}/passkeys/authentication`)).body;
  }

  add(token: string, ticket: string, response: object, name?: string): Promise<Answer<PasskeyBody>> {
    return this.server.client.post(`${AUTH}/passkeys`, { token, body: { ticket, response, name } });
  }

  logIn(ticket: string, response: object, tokenDelivery?: 'cookie'): Promise<Answer<PasskeyBody>> {
    return this.server.client.post(`${AUTH}/passkeys/login`, { body: { ticket, response, tokenDelivery } });
  }

  /** The whole of adding a passkey. */
  async register(token: string, name?: string): Promise<Answer<PasskeyBody>> {
    const { ticket, options } = await this.begin(token);
    return this.add(token, ticket, await this.create(options), name);
  }

  /** The whole of signing in. */
  async signIn(): Promise<Answer<PasskeyBody>> {
    const { ticket, options } = await this.beginSignIn();
    return this.logIn(ticket, await this.get(options));
  }

  async stored(): Promise<StoredCredential[]> {
    return (await this.cdp.send('WebAuthn.getCredentials', { authenticatorId: this.id })).credentials;
  }

  /** Copies the keys that it holds into another one, as a thief of a security key would. */
  async cloneInto(other: Authenticator): Promise<void> {
    const { credentials } = await this.cdp.send('WebAuthn.getCredentials', { authenticatorId: this.id });
    for (const credential of credentials)
      await other.cdp.send('WebAuthn.addCredential', { authenticatorId: other.id, credential });
  }

  async setVerified(isUserVerified: boolean): Promise<void> {
    await this.cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified });
  }
}

/** What the page has; the tests are compiled without the types of browsers. */
interface BrowserGlobals {
  PublicKeyCredential: {
    parseCreationOptionsFromJSON(json: object): object;
    parseRequestOptionsFromJSON(json: object): object;
  };
  navigator: {
    credentials: Record<'create' | 'get', (options: { publicKey: object }) => Promise<{ toJSON(): Credential }>>;
  };
}
