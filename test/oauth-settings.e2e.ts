import { AUTH, newAddress } from './support/accounts';
import { OAuthTest } from './support/oauth';
import { expectProblem } from './support/problems';

const SETTINGS = ['GOOGLE', 'GITHUB', 'OIDC'].flatMap((name) =>
  ['CLIENT_ID', 'CLIENT_SECRET', 'URL', 'ISSUER'].map((setting) => `${name}_${setting}`),
);
const EXCHANGE = `${AUTH}/exchange`;

/** A server for each test: in one process, the last one that started is the one whose access tokens count. */
let oauth: OAuthTest;

afterEach(() => oauth.close());

const invite = (email: string, expires = '1 day'): Promise<object[]> =>
  oauth.sql(
    `insert into invitations (id, email, hash, expires_at) values (gen_random_uuid(), $1, sha256(gen_random_uuid()::text::bytea), now() + $2::interval)`,
    [email, expires],
  );

it('makes no account where registration is closed, and signs in whoever has one', async () => {
  oauth = await OAuthTest.start({ REGISTRATION: 'closed' });
  const email = newAddress();
  oauth.providers.google.reset({ subject: 1, email, emailVerified: true });
  expectProblem(await oauth.signIn('google'), 403, 'registration-closed', EXCHANGE);
  expect(await oauth.sql('select id from users')).toEqual([]);
  const [user] = await oauth.sql<{ id: string }>(
    `insert into users (id, email, email_verified_at) values (gen_random_uuid(), $1, now()) returning id`,
    [email],
  );
  expect((await oauth.signIn('google')).body.user.id).toBe(user?.id);
});

it('makes an account of whoever was invited at the address that the provider verified, once', async () => {
  oauth = await OAuthTest.start({ REGISTRATION: 'invite' });
  const [invited, late] = [newAddress(), newAddress()];
  await invite(invited);
  await invite(late, '-1 second');
  const { google } = oauth.providers;
  for (const person of [
    { subject: 1, email: newAddress(), emailVerified: true },
    { subject: 2, email: late, emailVerified: true },
    { subject: 3, email: invited, emailVerified: false },
  ]) {
    google.reset(person);
    expectProblem(await oauth.signIn('google'), 403, 'registration-closed', EXCHANGE);
  }
  google.reset({ subject: 4, email: invited.toUpperCase(), emailVerified: true });
  expect((await oauth.signIn('google')).status).toBe(200);
  expect(await oauth.sql('select email from invitations where accepted_at is not null')).toEqual([{ email: invited }]);
  await oauth.sql('delete from users');
  expectProblem(await oauth.signIn('google'), 403, 'registration-closed', EXCHANGE);
});

it('knows no provider that is not configured', async () => {
  oauth = await OAuthTest.start(Object.fromEntries(SETTINGS.map((name) => [name, ''])));
  const { client } = oauth.server;
  expect((await client.get(`${AUTH}/providers`)).body).toEqual({ data: [] });
  for (const path of ['google', 'github', 'oidc', 'constructor', 'GOOGLE', '%00'].map((id) => `${AUTH}/oauth/${id}`)) {
    expectProblem(await client.get(path), 404, 'not-found', path);
    expectProblem(await client.get(`${path}/callback?code=1&state=2`), 404, 'not-found', `${path}/callback`);
  }
});

it('counts no provider that is not configured any more as a way in that remains', async () => {
  oauth = await OAuthTest.start({ GITHUB_CLIENT_ID: '', GITHUB_CLIENT_SECRET: '', GITHUB_URL: '' });
  oauth.providers.google.reset({ subject: 1, email: newAddress(), emailVerified: true });
  const { body: session } = await oauth.signIn('google');
  const [google] = await oauth.sql<{ id: string }>('select id from identities');
  await oauth.sql(
    `insert into identities (id, user_id, provider, subject) values (gen_random_uuid(), $1, 'github', '1')`,
    [session.user.id],
  );
  const path = `${AUTH}/identities/${google?.id ?? ''}`;
  expectProblem(await oauth.server.client.delete(path, { token: session.accessToken }), 409, 'last-way-in', path);
});

it('limits how often one can begin and trade codes', async () => {
  oauth = await OAuthTest.start({ SIGN_IN_LIMIT_PER_ADDRESS: '3', SIGN_IN_LIMIT_PER_ACCOUNT: '3' });
  const statuses: number[] = [];
  for (let time = 0; time < 4; time += 1) {
    const begun = await oauth.server.client.get(`${AUTH}/oauth/google`);
    const traded = await oauth.exchange({ code: 'cmo_guess' });
    expect(begun.headers.get('ratelimit')).toContain('"address";r=');
    statuses.push(begun.status, traded.status);
  }
  expect(statuses).toEqual([302, 400, 302, 400, 302, 400, 429, 429]);
});
