import { Accounts, newAddress, PASSWORD } from './support/accounts';
import { codeOf, signInAdmin } from './support/admins';
import { startTestApp, type TestApp } from './support/app';
import { openBrowser, openPage } from './support/browser';
import { type Answer, readAll, type SignedIn } from './support/client';
import { freePort, MailSink } from './support/mail-sink';
import type { ProblemBody } from './support/notes';

const INVITATIONS = '/api/v1/admin/invitations';
const PAGE = '/account/invitation';

interface Invitation {
  id: string;
  email: string;
  expiresAt: string;
  acceptedAt: string | null;
  createdAt: string;
}

let sink: MailSink;
let server: TestApp;
let accounts: Accounts;
let admin: SignedIn;

beforeAll(async () => {
  sink = new MailSink(await freePort());
  await sink.start();
  server = await startTestApp({
    environment: { REGISTRATION: 'invite', SMTP_URL: `smtp://127.0.0.1:${sink.port}`, INVITATION_DAYS: '3' },
  });
  accounts = new Accounts(server);
  admin = await signInAdmin(server);
});

afterAll(async () => {
  await server.close();
  await sink.stop();
});

const invite = (email: string): Promise<Answer<Invitation & ProblemBody>> =>
  server.client.post(INVITATIONS, { token: admin.token, body: { email } });

/** The secret in the newest mail to an address that is not `former`. */
async function secretFor(email: string): Promise<string> {
  const { text } = await sink.next(email, 'You are invited to Commonplace');
  return /\/account\/invitation\?token=(cmi_[\w-]{43})\s/.exec(text)?.[1] ?? '';
}

const submit = (form: Record<string, string>): Promise<Answer> =>
  server.client.post(PAGE, {
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

describe('an invitation', () => {
  it('is a mail with a link, with which the address is registered and proven, once', async () => {
    const email = newAddress();
    const { status, body, text } = await invite(` ${email} `);
    expect([status, body]).toEqual([
      201,
      {
        id: expect.any(String),
        email,
        expiresAt: expect.any(String),
        acceptedAt: null,
        createdAt: expect.any(String),
      },
    ]);
    expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBeGreaterThan(3 * 86_400_000 - 60_000);
    expect(text).not.toContain('cmi_');
    const invitation = await secretFor(email);
    const registered = await accounts.post('register', { email, password: PASSWORD, invitation });
    expect([registered.status, registered.body.user.emailVerified]).toEqual([201, true]);
    expect(sink.to(email)).toHaveLength(1);
    const stored = await accounts.sql(`select i::text as row from invitations i where email = $1`, [email]);
    expect(JSON.stringify(stored)).not.toContain(invitation.slice(4));
    expect(codeOf(await invite(email.toUpperCase()))).toEqual([409, 'email-taken']);
    const trail = await accounts.sql(
      `select detail from audit_events where user_id = $1 and type = 'user-invited' and detail ->> 'email' = $2`,
      [admin.userId, email],
    );
    expect(trail).toHaveLength(1);
  });

  it('takes the place of the one before, also when several are made at once', async () => {
    const email = newAddress();
    const answers = await Promise.all([invite(email), invite(email), invite(email)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await accounts.sql(`select 1 from invitations where email = $1`, [email])).toHaveLength(1);
    const former = await secretFor(email);
    await accounts.sql(`delete from invitations where email = $1`, [email]);
    await invite(email);
    const used = await accounts.post('register', { email, password: PASSWORD, invitation: former });
    expect(codeOf(used)).toEqual([403, 'registration-closed']);
  });

  it('is void once it is withdrawn; an accepted one is not withdrawn', async () => {
    const email = newAddress();
    const { body } = await invite(email);
    const invitation = await secretFor(email);
    const withdraw = (): Promise<Answer> => server.client.delete(`${INVITATIONS}/${body.id}`, { token: admin.token });
    expect((await withdraw()).status).toBe(204);
    expect(codeOf(await withdraw())).toEqual([404, 'not-found']);
    expect((await accounts.post('register', { email, password: PASSWORD, invitation })).status).toBe(403);
    const second = await invite(email);
    await accounts.sql(`update invitations set accepted_at = now() where id = $1`, [second.body.id]);
    const late = await server.client.delete(`${INVITATIONS}/${second.body.id}`, { token: admin.token });
    expect(codeOf(late)).toEqual([409, 'conflict']);
  });

  it('is listed, newest first, page by page', async () => {
    const emails = [newAddress(), newAddress(), newAddress()];
    for (const email of emails) await invite(email);
    const listed = await readAll<Invitation>(server.client, `${INVITATIONS}?limit=2`, admin.token);
    expect(listed.slice(0, 3).map(({ email }) => email)).toEqual(emails.toReversed());
  });

  it.each([
    ['no address', {}, '#/email'],
    ['two addresses', { email: 'a@example.org, b@example.org' }, '#/email'],
    ['a role', { email: 'a@example.org', role: 'admin' }, '#/role'],
  ])('is not made for %s', async (_, body, pointer) => {
    const answer = await server.client.post<ProblemBody>(INVITATIONS, { token: admin.token, body });
    expect([answer.status, answer.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
  });
});

describe('the page of an invitation', () => {
  it('makes the account in a browser without scripts, and names what is wrong with the password', async () => {
    const email = newAddress();
    await invite(email);
    const token = await secretFor(email);
    const browser = await openBrowser();
    try {
      const page = await openPage(browser, { baseURL: server.client.url, javaScriptEnabled: false });
      await page.goto(`${PAGE}?token=${token}`);
      expect(await page.getByLabel('E-mail address').inputValue()).toBe(email);
      await page.getByLabel('Name').fill('Ada <b>');
      await page.getByLabel('Password').fill('short');
      await page.getByRole('button').click();
      expect(await page.getByRole('alert').textContent()).toBe('The password must be 12 to 128 characters.');
      expect(await page.getByLabel('Name').inputValue()).toBe('Ada <b>');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button').click();
      expect(await page.getByRole('heading').textContent()).toBe('Your account is made');
    } finally {
      await browser.close();
    }
    const { status, body } = await accounts.post('login', { email, password: PASSWORD });
    expect([status, body.user]).toMatchObject([200, { name: 'Ada <b>', emailVerified: true, role: 'user' }]);
    for (const answer of [
      await server.client.get(`${PAGE}?token=${token}`),
      await submit({ token, password: PASSWORD }),
    ]) {
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('can no longer be used')]);
    }
  }, 120_000);

  it('makes one account when the form is sent several times at once', async () => {
    const email = newAddress();
    await invite(email);
    const form = { token: await secretFor(email), name: '', password: PASSWORD };
    const answers = await Promise.all([submit(form), submit(form), submit(form)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
    expect(await accounts.sql(`select name from users where email = $1`, [email])).toEqual([{ name: null }]);
  });

  it.each(['', '?token=', '?token=cmi_made-up', '?token=a&token=b'])('says that a link is void: %j', async (query) => {
    const { status, headers, text } = await server.client.get(PAGE + query);
    expect([status, headers.get('content-type'), headers.get('referrer-policy')]).toEqual([
      400,
      'text/html; charset=utf-8',
      'no-referrer',
    ]);
    expect(text).toContain('can no longer be used');
  });

  it('refuses a name of two lines and keeps the link', async () => {
    const email = newAddress();
    await invite(email);
    const token = await secretFor(email);
    const answer = await submit({ token, name: 'a\nb', password: PASSWORD });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('must be a single line')]);
    expect((await submit({ token, name: 'a', password: PASSWORD })).status).toBe(200);
  });
});
