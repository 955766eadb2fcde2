import type { Browser } from 'playwright-core';
import { AUTH } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import { Authenticator, type Credential, ORIGIN } from './support/authenticator';
import { openBrowser } from './support/browser';
import type { SignedIn } from './support/client';
import { query } from './support/database';
import { expectProblem } from './support/problems';
import { eventsOf } from './support/second-factor';

const LOGIN = `${AUTH}/passkeys/login`;

let server: TestApp;
let browser: Browser;
let device: Authenticator;
let user: SignedIn;

beforeAll(async () => {
  const environment = { WORKER: 'off', PUBLIC_URL: ORIGIN, CORS_ORIGINS: 'http://app.notes.localhost:4321' };
  server = await startTestApp({ environment });
  browser = await openBrowser();
});

beforeEach(async () => {
  device = await Authenticator.open(browser, server);
  user = await server.client.signUp();
  await device.register(user.token);
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** A credential whose `field` is something else. */
const changed = (credential: Credential, changes: Record<string, unknown>): Credential => ({
  ...credential,
  response: { ...credential.response, ...(changes as Record<string, string>) },
});

const clientData = (credential: Credential): Record<string, unknown> =>
  JSON.parse(Buffer.from(credential.response.clientDataJSON ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('a sign-in with a passkey is refused', () => {
  it('when the response is sent again, with its own ticket or with another', async () => {
    const first = await device.beginSignIn();
    const signed = await device.get(first.options);
    const second = await device.beginSignIn();
    expectProblem(await device.logIn(second.ticket, signed), 401, 'unauthorized', LOGIN);
    expect((await device.logIn(first.ticket, signed)).status).toBe(200);
    expectProblem(await device.logIn(first.ticket, signed), 401, 'unauthorized', LOGIN);
    expect((await device.logIn(second.ticket, signed)).status).toBe(401);
    expect(await eventsOf(server, user.userId)).toEqual(['passkey-added', 'sign-in-failed']);
  });

  it('when it comes twice at once: one session is opened', async () => {
    const { ticket, options } = await device.beginSignIn();
    const signed = await device.get(options);
    const answers = await Promise.all([0, 1, 2, 3].map(() => device.logIn(ticket, signed)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401, 401, 401]);
    expect(await query(server.databaseUrl, `select 1 from sessions where user_id = $1`, [user.userId])).toHaveLength(2);
  });

  it('when the ticket is too old, made up, or for adding a passkey', async () => {
    const { ticket, options } = await device.beginSignIn();
    const signed = await device.get(options);
    const other = await device.begin(user.token);
    const forAdding = await device.get({ ...options, challenge: other.options.challenge });
    expect((await device.logIn(other.ticket, forAdding)).status).toBe(401);
    expect((await device.logIn('cmo_made-up', signed)).status).toBe(401);
    await query(server.databaseUrl, `update one_time_tokens set expires_at = now()`);
    expectProblem(await device.logIn(ticket, signed), 401, 'unauthorized', LOGIN);
  });

  it('when it was signed on a page of another origin', async () => {
    await device.visit('http://notes.localhost:4322');
    expectProblem(await device.signIn(), 401, 'unauthorized', LOGIN);
    await device.visit('http://app.notes.localhost:4321');
    expect((await device.signIn()).status).toBe(200);
  });

  it('when it was signed for another domain', async () => {
    await device.visit('http://app.notes.localhost:4321');
    const { ticket, options } = await device.beginSignIn();
    const foreign = { rp: { id: 'app.notes.localhost', name: 'x' }, user: { id: 'AQ', name: 'x', displayName: 'x' } };
    const pubKeyCredParams = [{ type: 'public-key', alg: -7 }];
    const authenticatorSelection = { residentKey: 'required', userVerification: 'required' };
    const made = await device.create({ ...foreign, challenge: 'AAAA', pubKeyCredParams, authenticatorSelection });
    const signed = await device.get({ ...options, rpId: 'app.notes.localhost' });
    // As if that key were registered here: its signature is right, and its domain is not.
    await query(server.databaseUrl, `update passkeys set credential_id = $1 where user_id = $2`, [
      Buffer.from(made.id, 'base64url'),
      user.userId,
    ]);
    const userHandle = Buffer.from(user.userId.replaceAll('-', ''), 'hex').toString('base64url');
    expectProblem(await device.logIn(ticket, changed(signed, { userHandle })), 401, 'unauthorized', LOGIN);
  });

  it('when anything in it was changed', async () => {
    const attempts: ((credential: Credential) => Record<string, unknown>)[] = [
      (credential) => ({ signature: `AAAA${credential.response.signature?.slice(4) ?? ''}` }),
      (credential) => ({ authenticatorData: `AAAA${credential.response.authenticatorData?.slice(4) ?? ''}` }),
      (credential) => ({ clientDataJSON: encode({ ...clientData(credential), crossOrigin: true }) }),
      (credential) => ({ clientDataJSON: encode({ ...clientData(credential), type: 'webauthn.create' }) }),
      (credential) => ({ clientDataJSON: encode({ ...clientData(credential), extra: 1 }) }),
      () => ({ clientDataJSON: 'bm8' }),
      () => ({ authenticatorData: 'AA' }),
      () => ({ userHandle: 'AZqxwo0-fwCKESs8TV5vcA' }),
      () => ({ userHandle: undefined }),
    ];
    for (const attempt of attempts) {
      const { ticket, options } = await device.beginSignIn();
      const signed = await device.get(options);
      expectProblem(await device.logIn(ticket, changed(signed, attempt(signed))), 401, 'unauthorized', LOGIN);
    }
    expect((await device.signIn()).status).toBe(200);
  });

  it('when the passkey is unknown, with the same words', async () => {
    const { ticket, options } = await device.beginSignIn();
    const signed = await device.get(options);
    const refused = await device.logIn(ticket, { ...signed, id: 'AAAA', rawId: 'AAAA' });
    expectProblem(refused, 401, 'unauthorized', LOGIN);
    const wrong = await device.beginSignIn();
    expect((await device.logIn(wrong.ticket, signed)).body.detail).toBe(refused.body.detail);
  });

  it('when its user was not verified', async () => {
    await device.setVerified(false);
    const { ticket, options } = await device.beginSignIn();
    const signed = await device.get({ ...options, userVerification: 'discouraged' });
    expectProblem(await device.logIn(ticket, signed), 401, 'unauthorized', LOGIN);
  });

  it('when the authenticator was copied: its counter did not grow', async () => {
    const copy = await Authenticator.open(browser, server);
    await device.cloneInto(copy);
    expect((await device.signIn()).status).toBe(200);
    expect((await device.signIn()).status).toBe(200);
    expectProblem(await copy.signIn(), 401, 'unauthorized', LOGIN);
    expect(await eventsOf(server, user.userId)).toEqual(['passkey-added', 'sign-in-failed']);
    expect((await device.signIn()).status).toBe(200);
  });

  it('when the account is disabled', async () => {
    await query(server.databaseUrl, `update users set disabled_at = now() where id = $1`, [user.userId]);
    expectProblem(await device.signIn(), 403, 'account-disabled', LOGIN);
  });

  it('when the body is none, with a pointer to what is wrong', async () => {
    const signed = await device.get((await device.beginSignIn()).options);
    for (const [body, pointers] of [
      [{}, ['#/ticket', '#/response']],
      [{ ticket: 'x', response: { ...signed, response: {} } }, ['#/response']],
      [{ ticket: 'x'.repeat(201), response: signed }, ['#/ticket']],
      [{ ticket: 'x', response: signed, tokenDelivery: 'mail' }, ['#/tokenDelivery']],
    ] as const) {
      const answer = await server.client.post<{ errors: { pointer: string }[] }>(LOGIN, { body });
      const found = answer.body.errors.map(({ pointer }) => pointer).toSorted();
      expect([answer.status, found]).toEqual([400, [...pointers].toSorted()]);
    }
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
