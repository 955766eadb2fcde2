import { type Accounts, AUTH, newAddress, PASSWORD } from './support/accounts';
import { startReplica, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { MailApp } from './support/mail-app';
import type { ProblemBody } from './support/notes';

const VERIFY = 'Verify your e-mail address';
const CHANGE = 'Verify your new e-mail address';

let app: MailApp;
let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  app = await MailApp.start();
  ({ server, accounts } = app);
});

afterAll(() => app.close());

const post = (path: string, token: string, body?: unknown): Promise<Answer<ProblemBody>> =>
  server.client.post(`${AUTH}/email/${path}`, { token, body });

const verify = (token: string): Promise<Answer<ProblemBody>> =>
  server.client.post(`${AUTH}/email/verify`, { body: { token } });

const codeOf = ({ body }: Answer<ProblemBody>): string => body.type.split(':').at(-1) ?? '';

const userOf = async (id: string): Promise<unknown> =>
  (await accounts.sql(`select email, email_verified_at is not null as verified from users where id = $1`, [id]))[0];

/** Asks for a change to a new address, and gives the token of the link there. */
async function changeTo(token: string, email: string): Promise<string> {
  const before = app.sink.to(email).length;
  const answer = await post('change', token, { email });
  expect([answer.status, answer.text]).toEqual([202, '']);
  return app.tokenIn(email, CHANGE, before);
}

describe('verifying an address', () => {
  it('is asked for by a mail when an account is made, and done once with its link', async () => {
    const { email, userId, token, refreshToken } = await server.client.signUp();
    const link = await app.tokenIn(email, VERIFY);
    expect((await accounts.me(token)).body.emailVerified).toBe(false);
    const answer = await verify(link);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await accounts.me(token)).body.emailVerified).toBe(true);
    expect((await accounts.refresh(refreshToken)).body.user.emailVerified).toBe(true);
    const again = await verify(link);
    expect([again.status, codeOf(again)]).toEqual([400, 'token-invalid']);
    expect(
      await accounts.sql(`select type from audit_events where user_id = $1 and type like 'email%'`, [userId]),
    ).toEqual([{ type: 'email-verified' }]);
    const resent = await post('verification', token);
    expect([resent.status, codeOf(resent)]).toEqual([409, 'email-verified']);
  });

  it('can be asked for again, which voids the link before; a link expires after a day', async () => {
    const { email, userId, token } = await server.client.signUp();
    const first = await app.tokenIn(email, VERIFY);
    const resent = await post('verification', token);
    expect([resent.status, resent.text]).toEqual([202, '']);
    const second = await app.tokenIn(email, VERIFY, 1);
    expect((await verify(first)).status).toBe(400);
    const [pending] = await accounts.sql(
      `select expires_at - created_at between '23 h 59 min' and '24 h 1 min' as day from one_time_tokens where user_id = $1 and used_at is null`,
      [userId],
    );
    expect(pending).toEqual({ day: true });
    await accounts.sql(`update one_time_tokens set expires_at = now() - interval '1 second' where user_id = $1`, [
      userId,
    ]);
    expect((await verify(second)).status).toBe(400);
    expect(await userOf(userId)).toEqual({ email, verified: false });
  });

  it.each(['', 'cmo_', `cmo_${'a'.repeat(43)}`, 'x'.repeat(200)])('refuses the made-up token "%s"', async (token) => {
    const answer = await verify(token);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'token-invalid']);
  });

  it('sends nothing for an account that was not made', async () => {
    const { email } = await server.client.signUp();
    await app.tokenIn(email, VERIFY);
    expect((await accounts.post('register', { email, password: PASSWORD })).status).toBe(409);
    expect(await accounts.sql(`select id from mails where recipient = $1`, [email])).toHaveLength(1);
  });

  it.each(['"a, b"@example.org', 'a\u202eb@example.org', 'a,b@example.org'])(
    'is never asked of the address %s, to which no mail can be sent safely',
    async (email) => {
      const { token } = await server.client.signUp();
      const answers = [
        await accounts.post('register', { email, password: PASSWORD }),
        await accounts.post('password/forgot', { email }),
        await post('change', token, { email }),
      ];
      expect(answers.map(({ status, body }) => [status, body.errors?.[0]?.pointer])).toEqual(
        answers.map(() => [400, '#/email']),
      );
    },
  );

  it('is limited', async () => {
    const strict = await startReplica({ environment: { SIGN_IN_LIMIT_PER_ACCOUNT: '2', WORKER: 'off' } });
    try {
      const { token, email } = await strict.client.signUp();
      const statuses: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        statuses.push((await strict.client.post(`${AUTH}/email/verification`, { token })).status);
      }
      for (let count = 0; count < 3; count += 1) {
        statuses.push((await strict.client.post(`${AUTH}/password/forgot`, { body: { email } })).status);
      }
      expect(statuses).toEqual([202, 202, 429, 202, 202, 429]);
    } finally {
      await strict.close();
    }
  });
});

describe('changing the address', () => {
  it('is done by a link at the new address; the old one is told twice, and all other links are void', async () => {
    const { email, userId, token } = await server.client.signUp();
    const verification = await app.tokenIn(email, VERIFY);
    const reset = await app.resetToken(email);
    const wanted = newAddress();
    const link = await changeTo(token, wanted);
    expect((await app.sink.next(email, 'Your e-mail address is to be changed')).text).toContain(wanted);
    expect(await userOf(userId)).toEqual({ email, verified: false });
    expect((await verify(link)).status).toBe(204);
    expect(await userOf(userId)).toEqual({ email: wanted, verified: true });
    expect((await app.sink.next(email, 'Your e-mail address was changed')).text).toContain(wanted);
    expect((await accounts.post('login', { email: wanted, password: PASSWORD })).status).toBe(200);
    expect((await accounts.post('login', { email, password: PASSWORD })).status).toBe(401);
    const void_ = [
      await verify(verification),
      await accounts.post('password/reset', { token: reset, newPassword: 'seven quiet green lamps' }),
    ];
    expect(void_.map((answer) => [answer.status, codeOf(answer)])).toEqual(void_.map(() => [400, 'token-invalid']));
    const events = await accounts.sql(
      `select type, detail from audit_events where user_id = $1 and type like 'email-change%' order by id`,
      [userId],
    );
    expect(events).toEqual([
      { type: 'email-change-requested', detail: null },
      { type: 'email-changed', detail: { from: email, to: wanted } },
    ]);
  });

  it('answers the same for an address that has an account, which is told instead', async () => {
    const owner = await server.client.signUp();
    const { email, userId, token } = await server.client.signUp();
    const answer = await post('change', token, { email: owner.email.toUpperCase() });
    expect([answer.status, answer.text]).toEqual([202, '']);
    expect((await app.sink.next(owner.email, 'This address already has an account')).text).not.toContain('token=');
    await app.sink.next(email, 'Your e-mail address is to be changed');
    expect(
      await accounts.sql(`select id from one_time_tokens where user_id = $1 and purpose = 'change-email'`, [userId]),
    ).toEqual([]);
  });

  it('to an address that got an account meanwhile is 409, and changes nothing', async () => {
    const { email, userId, token } = await server.client.signUp();
    const wanted = newAddress();
    const link = await changeTo(token, wanted);
    await server.client.signUp(wanted);
    const answer = await verify(link);
    expect([answer.status, codeOf(answer)]).toEqual([409, 'email-taken']);
    expect(await userOf(userId)).toEqual({ email, verified: false });
  });

  it('by two accounts to the same address at once is done by one', async () => {
    const users = await Promise.all([server.client.signUp(), server.client.signUp()]);
    const wanted = newAddress();
    const links: string[] = [];
    for (const { token } of users) links.push(await changeTo(token, wanted));
    const answers = await Promise.all(links.map(verify));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
    const owners = await accounts.sql(`select id from users where email = $1`, [wanted]);
    expect(owners).toEqual([{ id: users[answers.findIndex(({ status }) => status === 204)]?.userId }]);
  });

  it('once more voids the link before, and so does a change of the password', async () => {
    const { userId, email, token } = await server.client.signUp();
    const first = await changeTo(token, newAddress());
    const second = await changeTo(token, newAddress());
    expect((await verify(first)).status).toBe(400);
    const body = { currentPassword: PASSWORD, newPassword: 'seven quiet green lamps' };
    expect((await server.client.request('PUT', `${AUTH}/password`, { token, body })).status).toBe(204);
    expect((await verify(second)).status).toBe(400);
    expect(await userOf(userId)).toEqual({ email, verified: false });
  });

  it('to the present address is refused', async () => {
    const { email, token } = await server.client.signUp();
    const answer = await post('change', token, { email: email.toUpperCase() });
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '#/email']);
  });
});
