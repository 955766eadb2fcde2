import type { Browser } from 'playwright-core';
import { AUTH } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import { Authenticator, ORIGIN } from './support/authenticator';
import { openBrowser } from './support/browser';
import { query } from './support/database';
import { disagreements } from './support/openapi';
import { expectProblem } from './support/problems';
import { eventsOf, mailsTo } from './support/second-factor';

const PASSKEYS = `${AUTH}/passkeys`;

let server: TestApp;
let browser: Browser;
let device: Authenticator;

beforeAll(async () => {
  const environment = { WORKER: 'off', PUBLIC_URL: ORIGIN, CLIENT_REDIRECT_URIS: 'http://app.notes.localhost:4321/in' };
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

describe('adding a passkey', () => {
  it('asks the browser for one that needs no name, verifies its user, and is not there yet', async () => {
    const { token, userId, email } = await server.client.signUp();
    const { ticket, options } = await device.begin(token);
    expect(ticket).toMatch(/^cmo_/);
    expect(options).toMatchObject({
      rp: { id: 'notes.localhost', name: 'Commonplace' },
      user: { id: Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url'), name: email },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      excludeCredentials: [],
    });
    expect(Buffer.from(String(options.challenge), 'base64url').length).toBeGreaterThanOrEqual(16);
    const added = await device.register(token);
    expect([added.status, disagreements(`POST ${PASSKEYS}`, added)]).toEqual([201, []]);
    const again = await device.begin(token);
    const [stored] = await device.stored();
    expect(again.options.excludeCredentials).toMatchObject([
      { id: Buffer.from(stored?.credentialId ?? '', 'base64').toString('base64url'), type: 'public-key' },
    ]);
    await expect(device.create(again.options)).rejects.toThrow(/InvalidStateError/);
  });

  it('lists it, and tells the owner', async () => {
    const { token, userId } = await server.client.signUp();
    const { body } = await device.register(token, ' Phone ');
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Phone',
      backedUp: false,
      createdAt: expect.stringMatching(/Z$/),
      lastUsedAt: null,
    });
    expect(await list(token)).toEqual([body]);
    expect(await eventsOf(server, userId)).toEqual(['passkey-added']);
    expect(await mailsTo(server, userId)).toEqual(['A passkey was added']);
    const [row] = await query(
      server.databaseUrl,
      `select transports, octet_length(public_key) > 30 as key from passkeys where user_id = $1`,
      [userId],
    );
    expect(row).toEqual({ transports: ['internal'], key: true });
  });

  it('names it by the browser when it is given no name', async () => {
    const { token } = await server.client.signUp();
    const { ticket, options } = await device.begin(token);
    const body = { ticket, response: await device.create(options) };
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    expect((await server.client.post(PASSKEYS, { token, body, headers })).body.name).toBe('Firefox on Linux');
  });

  it('takes the answer to its own challenge, once, from who asked, within five minutes', async () => {
    const [owner, other] = [await server.client.signUp(), await server.client.signUp()];
    const first = await device.begin(owner.token);
    const made = await device.create(first.options);
    const second = await device.begin(owner.token);
    const refused = await device.add(owner.token, second.ticket, made);
    expectProblem(refused, 400, 'passkey-invalid', PASSKEYS);
    expect(refused.body.detail).toContain('challenge');
    const stolen = await device.begin(owner.token);
    expect((await device.add(other.token, stolen.ticket, made)).status).toBe(400);
    expect((await device.add(owner.token, (await device.beginSignIn()).ticket, made)).status).toBe(400);
    expect((await device.add(owner.token, first.ticket, made)).status).toBe(201);
    expectProblem(await device.add(owner.token, first.ticket, made), 400, 'passkey-invalid', PASSKEYS);
    const late = await device.begin(owner.token);
    await query(server.databaseUrl, `update one_time_tokens set expires_at = now() where used_at is null`);
    expect((await device.add(owner.token, late.ticket, made)).status).toBe(400);
    expect(await list(owner.token)).toHaveLength(1);
  });

  it('happens once when the same answer comes twice at once', async () => {
    const { token } = await server.client.signUp();
    const { ticket, options } = await device.begin(token);
    const made = await device.create(options);
    const answers = await Promise.all([0, 1, 2].map(() => device.add(token, ticket, made)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 400, 400]);
  });

  it('refuses a passkey that an account has already', async () => {
    const owner = await server.client.signUp();
    const added = await device.register(owner.token);
    const other = await server.client.signUp();
    const { ticket, options } = await device.begin(other.token);
    const made = await device.create(options);
    // As if the other's authenticator had made the same id.
    await query(server.databaseUrl, `update passkeys set credential_id = $1 where id = $2`, [
      Buffer.from(made.id, 'base64url'),
      added.body.id,
    ]);
    expectProblem(await device.add(other.token, ticket, made), 409, 'passkey-taken', PASSKEYS);
  });

  it('refuses what was made on a page of another origin, also on the same host', async () => {
    const { token } = await server.client.signUp();
    await device.visit('http://notes.localhost:4322');
    const { ticket, options } = await device.begin(token);
    const refused = await device.add(token, ticket, await device.create(options));
    expectProblem(refused, 400, 'passkey-invalid', PASSKEYS);
    expect(refused.body.detail).toContain('origin');
    await device.visit('http://app.notes.localhost:4321');
    expect((await device.register(token)).status).toBe(201);
  });

  it('refuses a passkey of another domain, and one that did not verify its user', async () => {
    const { token } = await server.client.signUp();
    await device.visit('http://app.notes.localhost:4321');
    const foreign = await device.begin(token);
    const rp = { ...(foreign.options.rp as object), id: 'app.notes.localhost' };
    const made = await device.create({ ...foreign.options, rp });
    expectProblem(await device.add(token, foreign.ticket, made), 400, 'passkey-invalid', PASSKEYS);
    const key = await Authenticator.open(browser, server, { transport: 'usb', hasUserVerification: false });
    const { ticket, options } = await key.begin(token);
    const authenticatorSelection = { residentKey: 'discouraged', userVerification: 'discouraged' };
    const present = await key.create({ ...options, authenticatorSelection });
    const refused = await device.add(token, ticket, present);
    expectProblem(refused, 400, 'passkey-invalid', PASSKEYS);
    expect(refused.body.detail).toContain('verif');
    expect(await list(token)).toEqual([]);
  });

  it('refuses an answer that is none, and changes nothing', async () => {
    const { token } = await server.client.signUp();
    const { ticket, options } = await device.begin(token);
    const made = await device.create(options);
    const { response } = made;
    for (const broken of [
      {},
      [],
      'x',
      { ...made, type: 'password' },
      { ...made, rawId: 'AAAA' },
      { ...made, id: '!', rawId: '!' },
      { ...made, response: { ...response, attestationObject: undefined } },
      { ...made, response: { ...response, clientDataJSON: 'a'.repeat(65_537) } },
    ]) {
      const refused = await server.client.post<{ errors: { pointer: string }[] }>(PASSKEYS, {
        token,
        body: { ticket, response: broken },
      });
      expect([refused.status, refused.body.errors.map(({ pointer }) => pointer)]).toEqual([400, ['#/response']]);
    }
    expect((await device.add(token, ticket, made, ' ')).status).toBe(400);
    expect((await device.add(token, ticket, made, 'x'.repeat(101))).status).toBe(400);
    expect((await device.add(token, ticket, made)).status).toBe(201);
    for (const changes of [
      { attestationObject: 'AAAA' },
      { clientDataJSON: 'bm8' },
      { clientDataJSON: 'e30', attestationObject: 'oA' },
    ]) {
      const next = await device.begin(token);
      const refused = await device.add(token, next.ticket, { ...made, response: { ...response, ...changes } });
      expectProblem(refused, 400, 'passkey-invalid', PASSKEYS);
    }
    expect(await list(token)).toHaveLength(1);
  });

  it('stops at twenty', async () => {
    const { token, userId } = await server.client.signUp();
    const begun = await device.begin(token);
    await query(
      server.databaseUrl,
      `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, backed_up, name)
       select gen_random_uuid(), $1, uuid_send(gen_random_uuid()), 'x', 0, '{}', false, 'Key' from generate_series(1, 20)`,
      [userId],
    );
    expectProblem(await device.add(token, begun.ticket, await device.create(begun.options)), 409, 'conflict', PASSKEYS);
    const refused = await server.client.post(`${PASSKEYS}/registration`, { token });
    expectProblem(refused, 409, 'conflict', `${PASSKEYS}/registration`);
  });
});
