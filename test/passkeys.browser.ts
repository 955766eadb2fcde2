import type { Browser } from 'playwright-core';
import { AUTH, claimsOf, ME } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import { Authenticator, ORIGIN } from './support/authenticator';
import { openBrowser } from './support/browser';
import { query } from './support/database';
import { disagreements } from './support/openapi';
import { expectProblem } from './support/problems';
import { eventsOf, mailsTo, signUpWithTotp } from './support/second-factor';
import { whileLocked } from './support/while-locked';

const PASSKEYS = `${AUTH}/passkeys`;

let server: TestApp;
let browser: Browser;
let device: Authenticator;

beforeAll(async () => {
  const environment = {
    WORKER: 'off',
    PUBLIC_URL: ORIGIN,
    CLIENT_REDIRECT_URIS: 'http://app.notes.localhost:4321/in',
    // Only accounts at providers that are configured are ways in.
    GITHUB_CLIENT_ID: 'commonplace',
    GITHUB_CLIENT_SECRET: 'secret of the test',
  };
  server = await startTestApp({ environment });
  browser = await openBrowser();
});

beforeEach(async () => {
  device = await Authenticator.open(browser, server);
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

const list = async (token: string): Promise<unknown[]> =>
  (await server.client.get<{ data: unknown[] }>(PASSKEYS, { token })).body.data;

describe('managing passkeys', () => {
  it('renames one, for its owner', async () => {
    const { token, userId } = await server.client.signUp();
    const stranger = await server.client.signUp();
    const { body } = await device.register(token);
    const path = `${PASSKEYS}/${body.id}`;
    const renamed = await server.client.patch(path, { token, body: { name: ' Key on my desk ' } });
    expect([renamed.status, renamed.body]).toEqual([200, { ...body, name: 'Key on my desk' }]);
    expect((await server.client.patch(path, { token: stranger.token, body: { name: 'Mine' } })).status).toBe(404);
    for (const name of ['', ' ', 'a\nb', 'x'.repeat(101), 7, null]) {
      expect([name, (await server.client.patch(path, { token, body: { name } })).status]).toEqual([name, 400]);
    }
    expect(await list(token)).toEqual([renamed.body]);
    expect(await list(stranger.token)).toEqual([]);
    expect(await eventsOf(server, userId)).toEqual(['passkey-added', 'passkey-renamed']);
  });

  it('removes one, which then signs in no more, and tells the owner', async () => {
    const { token, userId } = await server.client.signUp();
    const stranger = await server.client.signUp();
    const { body } = await device.register(token);
    const path = `${PASSKEYS}/${body.id}`;
    expectProblem(await server.client.delete(path, { token: stranger.token }), 404, 'not-found', path);
    expect((await server.client.delete(path, { token })).status).toBe(204);
    expect((await server.client.delete(path, { token })).status).toBe(404);
    expectProblem(await device.signIn(), 401, 'unauthorized', `${PASSKEYS}/login`);
    expect(await eventsOf(server, userId)).toEqual(['passkey-added', 'passkey-removed']);
    expect(await mailsTo(server, userId)).toEqual(['A passkey was added', 'A passkey was removed']);
    expect((await server.client.get(ME, { token })).status).toBe(200);
  });

  it('renames none that was removed meanwhile', async () => {
    const { token, userId } = await server.client.signUp();
    const { body } = await device.register(token);
    const path = `${PASSKEYS}/${body.id}`;
    const rename = () => server.client.patch(path, { token, body: { name: 'Gone' } });
    const removed = 'delete from passkeys where user_id = $1';
    expectProblem(await whileLocked(server.databaseUrl, userId, rename, removed), 404, 'not-found', path);
    expect(await eventsOf(server, userId)).toEqual(['passkey-added']);
  });

  it('never removes the last way in, also when two are removed at once', async () => {
    const { token, userId } = await server.client.signUp();
    const other = await Authenticator.open(browser, server);
    const ids = [await device.register(token), await other.register(token)].map((answer) => answer.body.id);
    await query(server.databaseUrl, `update users set password_hash = null where id = $1`, [userId]);
    const remove = (id: string) => server.client.delete(`${PASSKEYS}/${id}`, { token });
    const statuses = (await Promise.all(ids.map(remove))).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([204, 409]);
    const left = ids[statuses.indexOf(409)] ?? '';
    expectProblem(await remove(left), 409, 'last-way-in', `${PASSKEYS}/${left}`);
    await query(
      server.databaseUrl,
      `insert into identities (id, user_id, provider, subject) values (gen_random_uuid(), $1, 'github', $2)`,
      [userId, userId],
    );
    expect((await remove(left)).status).toBe(204);
  });

  it('asks for a session that has just been proved to add and to remove', async () => {
    const { token, userId, refreshToken } = await server.client.signUp();
    const { body } = await device.register(token);
    await query(
      server.databaseUrl,
      `update sessions set authenticated_at = now() - interval '16 minutes' where user_id = $1`,
      [userId],
    );
    const old = await server.client.post<{ accessToken: string }>(`${AUTH}/refresh`, { body: { refreshToken } });
    for (const [method, path] of [
      ['POST', `${PASSKEYS}/registration`],
      ['POST', PASSKEYS],
      ['DELETE', `${PASSKEYS}/${body.id}`],
    ] as const) {
      const refused = await server.client.request(method, path, { token: old.body.accessToken });
      expectProblem(refused, 403, 'fresh-sign-in-required', path);
    }
  });
});

describe('signing in with a passkey', () => {
  it('needs no address, no password and no code, and says nothing about accounts', async () => {
    const { token, userId, secret } = await signUpWithTotp(server);
    expect(secret).not.toBe('');
    await device.register(token);
    const { options } = await device.beginSignIn();
    expect(options).toMatchObject({ rpId: 'notes.localhost', userVerification: 'required' });
    expect(options.allowCredentials ?? []).toEqual([]);
    const answer = await device.signIn();
    expect([answer.status, answer.body.user.id]).toEqual([200, userId]);
    expect(disagreements(`POST ${PASSKEYS}/login`, answer)).toEqual([]);
    expect((await server.client.get(ME, { token: answer.body.accessToken })).status).toBe(200);
    const sid = claimsOf(answer.body.accessToken).sid;
    const sessions = await query(server.databaseUrl, `select method, second_factor from sessions where id = $1`, [sid]);
    expect(sessions).toEqual([{ method: 'passkey', second_factor: true }]);
    expect(await list(token)).toMatchObject([{ lastUsedAt: expect.stringMatching(/Z$/) }]);
    expect((await device.signIn()).status).toBe(200);
  });

  it('puts the refresh token into a cookie when it is asked to', async () => {
    const { token } = await server.client.signUp();
    await device.register(token);
    const { ticket, options } = await device.beginSignIn();
    const answer = await device.logIn(ticket, await device.get(options), 'cookie');
    expect([answer.status, answer.body.refreshToken]).toEqual([200, null]);
    expect(answer.headers.get('set-cookie')).toMatch(/^commonplace_refresh=cmr_.*HttpOnly/);
  });
});
