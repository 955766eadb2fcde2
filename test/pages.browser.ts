import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { OneTimeTokensService } from '../src/auth/one-time-tokens/one-time-tokens.service';
import type { OneTimePurpose } from '../src/auth/one-time-tokens/one-time-token.entity';
import { ERROR_PAGE, RESET_PASSWORD_PAGE, SIGNED_IN_PAGE, VERIFY_EMAIL_PAGE } from '../src/auth/pages/page-paths';
import { DataSource } from 'typeorm';
import { Accounts, PASSWORD } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import { openBrowser, openPage } from './support/browser';
import type { Answer, SignedIn } from './support/client';
import { query } from './support/database';

const NEW = 'seven quiet green lamps';
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** A directory for pictures of all pages, for whoever wants to look at them. */
const { SCREENSHOTS } = process.env;
const CODE = `cmo_${'Ab3-_'.repeat(9).slice(0, 43)}`;

let server: TestApp;
let accounts: Accounts;
let browser: Browser;

beforeAll(async () => {
  server = await startTestApp({ environment: { WORKER: 'off' } });
  accounts = new Accounts(server);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** A link that is pending, as the mail has it: mails and their links are tested with the routes that send them. */
function issue({ userId, email }: SignedIn, purpose: OneTimePurpose, about = email): Promise<string> {
  const { app } = server;
  return app
    .get(DataSource)
    .transaction((manager) =>
      app.get(OneTimeTokensService, { strict: false }).issue(manager, { purpose, userId, email: about }),
    );
}

const open = (options = {}): Promise<Page> =>
  openPage(browser, { baseURL: server.client.url, javaScriptEnabled: false, ...options });

/** Where a provider's sign-in in this browser ends: with a code that only this browser may see. */
async function signedInPath(page: Page): Promise<string> {
  const value = createHash('sha256').update(CODE).digest('base64url');
  await page.context().addCookies([{ name: 'commonplace_code', value, url: server.client.url + SIGNED_IN_PAGE }]);
  return `${SIGNED_IN_PAGE}?code=${CODE}`;
}

const form = (path: string, fields: Record<string, string>, headers = {}): Promise<Answer> =>
  server.client.post(path, {
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

function expectPage(answer: Answer, status: number, title: string): void {
  expect([answer.status, answer.headers.get('content-type'), /<h1>(.*)<\/h1>/.exec(answer.text)?.[1]]).toEqual([
    status,
    'text/html; charset=utf-8',
    title,
  ]);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
}

describe('the pages, in a browser without scripts', () => {
  it('verify an address by a button, not by being opened, and once', async () => {
    const user = await server.client.signUp();
    const path = `${VERIFY_EMAIL_PAGE}?token=${await issue(user, 'verify-email')}`;
    const page = await open();
    for (let time = 0; time < 2; time += 1) expect((await page.goto(path))?.status()).toBe(200);
    expect(await page.textContent('main')).toContain(user.email);
    expect((await accounts.me(user.token)).body.emailVerified).toBe(false);
    await page.click('text=Yes, verify it');
    expect(await page.textContent('h1')).toBe('Your address is verified');
    expect(page.url()).toBe(`${server.client.url}${VERIFY_EMAIL_PAGE}`);
    expect((await accounts.me(user.token)).body.emailVerified).toBe(true);
    expect((await page.goto(path))?.status()).toBe(400);
    expect(await page.textContent('main')).toContain('ask for the mail again');
  });

  it('change an address, and say when another account has it by now', async () => {
    const user = await server.client.signUp();
    const other = await server.client.signUp();
    const page = await open();
    await page.goto(`${VERIFY_EMAIL_PAGE}?token=${await issue(user, 'change-email', other.email)}`);
    const [answer] = await Promise.all([page.waitForNavigation(), page.click('button')]);
    expect([answer?.status(), await page.textContent('h1')]).toEqual([409, 'This address has an account']);
    await page.goto(`${VERIFY_EMAIL_PAGE}?token=${await issue(user, 'change-email', `new-${user.email}`)}`);
    await page.click('button');
    expect((await accounts.me(user.token)).body.email).toBe(`new-${user.email}`);
  });

  it('take a new password, saying what is wrong with one, without using up the link', async () => {
    const user = await server.client.signUp();
    const token = await issue(user, 'reset-password');
    const page = await open();
    await page.goto(`${RESET_PASSWORD_PAGE}?token=${token}`);
    await page.fill('input[type=password]', 'short');
    const [refused] = await Promise.all([page.waitForNavigation(), page.click('button')]);
    expect(refused?.status()).toBe(400);
    const field = page.getByLabel('New password');
    expect(await page.textContent('#error')).toBe('The password must be 12 to 128 characters.');
    expect(await field.getAttribute('aria-describedby')).toBe('error hint');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.getAttribute('autocomplete')).toBe('new-password');
    expect(await field.inputValue()).toBe('');
    expect(await page.content()).not.toContain('short');
    await field.fill('Password1234');
    await page.click('button');
    expect(await page.textContent('#error')).toContain('commonest passwords');
    await field.fill(NEW);
    await page.click('button');
    expect(await page.textContent('h1')).toBe('Your password is set');
    expect(page.url()).not.toContain('token');
    expect(await page.context().cookies()).toEqual([]);
    expect((await accounts.post('login', { email: user.email, password: NEW })).status).toBe(200);
    expect((await accounts.post('login', { email: user.email, password: PASSWORD })).status).toBe(401);
    expect((await page.goto(`${RESET_PASSWORD_PAGE}?token=${token}`))?.status()).toBe(400);
    expect(await page.textContent('main')).toContain('Forgot password');
  });

  it('can be used with the keyboard alone, and show where it is', async () => {
    const page = await open();
    await page.goto(`${RESET_PASSWORD_PAGE}?token=${await issue(await server.client.signUp(), 'reset-password')}`);
    await page.keyboard.press('Tab');
    // Of the element that the keyboard is at; without scripts in the page, ours still run.
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.type(NEW);
    await page.keyboard.press('Enter');
    expect(await page.textContent('h1')).toBe('Your password is set');
  });

  it('show the code of a sign-in at a provider, and nothing else that a link brings', async () => {
    const page = await open();
    await page.goto(await signedInPath(page));
    expect(await page.textContent('code')).toBe(CODE);
    const elsewhere = await open();
    expect((await elsewhere.goto(`${SIGNED_IN_PAGE}?code=${CODE}`))?.status()).toBe(400);
    expect(await elsewhere.content()).not.toContain(CODE);
    for (const code of ['', '?code=', `?code=${encodeURIComponent('<b>Call +1 555</b> to go on now')}`]) {
      expect((await page.goto(`${SIGNED_IN_PAGE}${code}`))?.status()).toBe(400);
      expect(await page.textContent('main')).not.toContain('555');
    }
  });

  it.each([
    ['access-denied', 'You were not signed in'],
    ['link-required', 'You have an account already'],
    ['registration-closed', 'New accounts are not open to everybody'],
    ['%3Cscript%3E', 'You were not signed in'],
    ['constructor', 'You were not signed in'],
  ])('tell what the error %s means', async (code, title) => {
    const answer = await server.client.get(`${ERROR_PAGE}?code=${code}`);
    expectPage(answer, 200, title);
    expect(answer.text).not.toContain('script');
  });
});

describe('the pages, looked at by axe', () => {
  const views = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [360, 1280].map((width) => ({ colorScheme, width })),
  );
  let page: Page;

  beforeAll(async () => {
    page = await open({ javaScriptEnabled: true, bypassCSP: true });
  });

  const pages: [name: string, go: () => Promise<unknown>][] = [
    ['verify-email', async () => page.goto(await pathFor(VERIFY_EMAIL_PAGE, 'verify-email'))],
    [
      'long-address',
      async () => {
        const user = await server.client.signUp();
        const address = `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.example.org`;
        await page.goto(`${VERIFY_EMAIL_PAGE}?token=${await issue(user, 'change-email', address)}`);
      },
    ],
    ['reset-password', async () => page.goto(await pathFor(RESET_PASSWORD_PAGE, 'reset-password'))],
    [
      'reset-password-refused',
      async () => {
        await page.goto(await pathFor(RESET_PASSWORD_PAGE, 'reset-password'));
        await page.fill('input[type=password]', 'short');
        await page.click('button');
      },
    ],
    ['link-invalid', () => page.goto(`${RESET_PASSWORD_PAGE}?token=${CODE}`)],
    ['signed-in', async () => page.goto(await signedInPath(page))],
    ['error', () => page.goto(`${ERROR_PAGE}?code=link-required`)],
    ['not-found', () => page.goto('/account/nothing')],
  ];

  it.each(pages)(
    '%s has no faults, light and dark, and fits a phone and a desk',
    async (name, go) => {
      await go();
      await page.evaluate(AXE);
      for (const { colorScheme, width } of views) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 740 });
        const { violations } = await page.evaluate<AxeResults>('axe.run()');
        const faults = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
        expect([colorScheme, width, faults]).toEqual([colorScheme, width, []]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        if (SCREENSHOTS !== undefined)
          await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}-${width}.png` });
      }
    },
    120_000,
  );

  async function pathFor(path: string, purpose: OneTimePurpose): Promise<string> {
    return `${path}?token=${await issue(await server.client.signUp(), purpose)}`;
  }
});

describe('what goes wrong at a page', () => {
  it('is said as a page too', async () => {
    const cut = 'This link can no longer be used';
    expectPage(await server.client.get(VERIFY_EMAIL_PAGE), 400, cut);
    expectPage(await server.client.get(`${RESET_PASSWORD_PAGE}?token=a&token=b`), 400, cut);
    expectPage(await server.client.get('/account/nothing'), 404, 'There is no such page');
    expectPage(await server.client.request('DELETE', RESET_PASSWORD_PAGE), 405, 'There is no such page');
    expectPage(await form(RESET_PASSWORD_PAGE, { token: `cmo_${'x'.repeat(43)}`, password: NEW }), 400, cut);
    const incomplete = 'This cannot be used';
    expectPage(await form(RESET_PASSWORD_PAGE, { password: NEW }), 400, incomplete);
    expectPage(await form(VERIFY_EMAIL_PAGE, { token: 'x', role: 'admin' }), 400, incomplete);
    expectPage(await form(VERIFY_EMAIL_PAGE, { token: 'x'.repeat(20_000) }), 413, incomplete);
    expectPage(await server.client.post(VERIFY_EMAIL_PAGE, { body: { token: CODE } }), 415, incomplete);
  });

  it('because of a limit or an outage is said as a page too', async () => {
    const strict = await startReplica({ environment: { SIGN_IN_LIMIT_PER_ADDRESS: '1', WORKER: 'off' } });
    try {
      const path = `${VERIFY_EMAIL_PAGE}?token=${CODE}`;
      expect((await strict.client.get(path)).status).toBe(400);
      const limited = await strict.client.get(path);
      expectPage(limited, 429, 'Too many attempts');
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
      await query(strict.databaseUrl, 'alter table one_time_tokens rename to elsewhere');
      expectPage(await strict.client.get(`${RESET_PASSWORD_PAGE}?token=${CODE}`), 500, 'Something went wrong here');
    } finally {
      await strict.close();
    }
  });

  it('leaves the API as it is: no forms there, and problems as JSON', async () => {
    const answer = await form('/api/v1/auth/login', { email: 'ada@example.org', password: PASSWORD });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      415,
      'application/problem+json; charset=utf-8',
    ]);
    expect((await server.client.get('/api/v1/account/error')).headers.get('content-type')).toContain('problem+json');
  });
});
