import { AUTH, newAddress } from './support/accounts';
import { OAuthTest } from './support/oauth';
import { expectProblem } from './support/problems';

const EXCHANGE = `${AUTH}/exchange`;

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
