import { DataSource } from 'typeorm';
import { RegistrationPolicy } from '../src/auth/registration/registration-policy';
import { ForbiddenError } from '../src/common/problem';
import { newSecretToken, secretHash } from '../src/common/secret-token';
import { newId } from '../src/common/uuid';
import { Accounts, newAddress, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';

/** An invitation as the database holds it, and the secret of its link. */
async function invite(server: TestApp, email: string, expiresIn = '1 hour'): Promise<string> {
  const secret = newSecretToken('cmi_');
  await query(
    server.databaseUrl,
    `insert into invitations (id, email, hash, expires_at) values ($1, $2, $3, now() + $4::interval)`,
    [newId(), email, secretHash(secret), expiresIn],
  );
  return secret;
}

const isAccepted = async (server: TestApp, email: string): Promise<boolean> => {
  const [row] = await query<{ accepted_at: Date | null }>(
    server.databaseUrl,
    `select accepted_at from invitations where email = $1`,
    [email],
  );
  return row?.accepted_at instanceof Date;
};

describe('registering with REGISTRATION=open', () => {
  let server: TestApp;
  let accounts: Accounts;

  beforeAll(async () => {
    server = await startTestApp();
    accounts = new Accounts(server);
  });

  afterAll(() => server.close());

  it('needs no invitation; with one, the address is proven', async () => {
    const email = newAddress();
    const invitation = await invite(server, email);
    const answer = await accounts.post('register', { email, password: PASSWORD, invitation });
    expect([answer.status, answer.body.user.emailVerified]).toEqual([201, true]);
    expect(await isAccepted(server, email)).toBe(true);
  });

  it('takes a link that is void like none: the address is not proven', async () => {
    const email = newAddress();
    const invitation = await invite(server, newAddress());
    const answer = await accounts.post('register', { email, password: PASSWORD, invitation });
    expect([answer.status, answer.body.user.emailVerified]).toEqual([201, false]);
  });
});

describe('registering with REGISTRATION=invite', () => {
  let server: TestApp;
  let accounts: Accounts;

  beforeAll(async () => {
    server = await startTestApp({ environment: { REGISTRATION: 'invite' } });
    accounts = new Accounts(server);
  });

  afterAll(() => server.close());

  it('works once with the secret of the link, whatever the case of the address', async () => {
    const email = newAddress();
    const invitation = await invite(server, email);
    const answer = await accounts.post('register', { email: email.toUpperCase(), password: PASSWORD, invitation });
    expect([answer.status, answer.body.user.emailVerified]).toEqual([201, true]);
    const again = await accounts.post('register', { email, password: PASSWORD, invitation });
    expect([again.status, again.body.type]).toEqual([403, 'urn:commonplace:problem:registration-closed']);
  });

  it('is refused without an invitation, with one for another address, and with one that has expired', async () => {
    const email = newAddress();
    const others = await invite(server, newAddress());
    const expired = await invite(server, email, '-1 second');
    for (const invitation of [undefined, others, expired, 'cmi_made-up']) {
      const { status, body } = await accounts.post('register', { email, password: PASSWORD, invitation });
      expect([status, body.type]).toEqual([403, 'urn:commonplace:problem:registration-closed']);
    }
    expect(await accounts.sql(`select 1 from users where email = $1`, [email])).toEqual([]);
  });

  it('says the same for an address that has an account, and uses nothing up', async () => {
    const email = newAddress();
    const invitation = await invite(server, email);
    await query(server.databaseUrl, `insert into users (id, email, role) values ($1, $2, 'user')`, [newId(), email]);
    const uninvited = await accounts.post('register', { email, password: PASSWORD });
    expect([uninvited.status, uninvited.body.type]).toEqual([403, 'urn:commonplace:problem:registration-closed']);
    const invited = await accounts.post('register', { email, password: PASSWORD, invitation });
    expect([invited.status, invited.body.type]).toEqual([409, 'urn:commonplace:problem:email-taken']);
    expect(await isAccepted(server, email)).toBe(false);
  });

  it('lets one in of several that use a link at once', async () => {
    const email = newAddress();
    const invitation = await invite(server, email);
    const request = { email, password: PASSWORD, invitation };
    const answers = await Promise.all([1, 2, 3, 4].map(() => accounts.post('register', request)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403, 403, 403]);
    expect(await accounts.sql(`select 1 from users where email = $1`, [email])).toHaveLength(1);
  });

  it('lets in whom a provider verified and who was invited, without the link, once', async () => {
    const policy = server.app.get(RegistrationPolicy, { strict: false });
    const ask = (email: string): Promise<{ emailVerified: boolean }> =>
      server.app
        .get(DataSource)
        .transaction((manager) => policy.require(manager, { email, emailVerifiedByProvider: true }));
    const email = newAddress();
    await invite(server, email);
    expect(await ask(email)).toEqual({ emailVerified: true });
    await expect(ask(email)).rejects.toThrow(ForbiddenError);
    await expect(ask(newAddress())).rejects.toThrow(ForbiddenError);
  });

  it('refuses a secret that is no text', async () => {
    const { status, body } = await accounts.post('register', {
      email: newAddress(),
      password: PASSWORD,
      invitation: ['x'],
    });
    expect([status, body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['#/invitation']]);
  });
});

describe('registering with REGISTRATION=closed', () => {
  it('is refused to everybody, also to who was invited', async () => {
    const server = await startTestApp({ environment: { REGISTRATION: 'closed' } });
    const accounts = new Accounts(server);
    const email = newAddress();
    const invitation = await invite(server, email);
    for (const secret of [undefined, invitation]) {
      const { status, body } = await accounts.post('register', { email, password: PASSWORD, invitation: secret });
      expect([status, body.type]).toEqual([403, 'urn:commonplace:problem:registration-closed']);
    }
    expect(await accounts.sql(`select 1 from users`, [])).toEqual([]);
    await server.close();
  });
});
