import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { startTestApp, type TestApp } from './support/app';
import { openBrowser, openPage } from './support/browser';
import { HOSTILE_MARKDOWN } from './support/hostile-markdown';
import { Notes } from './support/notes';
import { Shares } from './support/shares';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** A directory for pictures of the pages, for whoever wants to look at them. */
const { SCREENSHOTS } = process.env;
const PASSWORD = 'blue kettle';

const TEXT = `
Boil **fresh** water, let it stand for *two minutes*, and pour it on the leaves. See [[Kettles]], <https://example.org/tea> and [how others do it](https://example.org/how "not shown").

## What is needed

1. Leaves, some \`3 g\` a cup
2. A kettle
   - of steel
   - with a ~~gauge~~ thermometer

> Water is the mother of tea, a teapot its father, and fire the teacher.

| Kind | Minutes | Degrees |
|---|---|---|
| Sencha | 1 | 70 |
| A name that goes on and on and on: Da Hong Pao | 2 | 95 |

### In code

\`\`\`js
const pour = (cups) => cups.map((cup) => ({ ...cup, isFull: true })).filter(({ isFull }) => isFull); // a line that is longer than a phone is wide
\`\`\`

![A cup of tea](https://example.org/cup.png)

---

${'long'.repeat(60)}
`;

let server: TestApp;
let notes: Notes;
let shares: Shares;
let browser: Browser;

beforeAll(async () => {
  server = await startTestApp({ environment: { WORKER: 'off' } });
  notes = await Notes.signUp(server.client);
  shares = new Shares(server.client, notes.user);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** The path of a new share of a new note. */
async function pathOf(fields: Record<string, unknown>, share: object = {}): Promise<string> {
  const { token } = await shares.create(await notes.create(fields), share);
  return `/s/${token}`;
}

const open = (options = {}): Promise<Page> => openPage(browser, { baseURL: server.client.url, ...options });

describe('the page of a share, in a browser', () => {
  it('runs nothing of a hostile note, and asks nobody else for anything', async () => {
    const page = await open();
    const [asked, dialogs, complaints]: string[][] = [[], [], []];
    page.on('request', (request) => asked?.push(request.url()));
    page.on('dialog', (dialog) => {
      dialogs?.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => complaints?.push(error.message));
    page.on('console', (message) => complaints?.push(message.text()));
    const path = await pathOf({ title: 'Hostile', body: HOSTILE_MARKDOWN.join('\n\n') });
    await page.goto(path);
    // Whatever waits for somebody to come by.
    for (const link of await page.locator('article a').all()) {
      await link.hover();
      await link.focus();
    }
    expect([asked, dialogs, complaints]).toEqual([[server.client.url + path], [], []]);
    expect(await page.locator('article').innerText()).toContain('<img src=x onerror=alert(1)>');
    const links = await page.evaluate<string[]>(`[...document.querySelectorAll('article a')].map(({ href }) => href)`);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !/^(https?|mailto):/.test(link) || link.startsWith(server.client.url))).toEqual([]);
  }, 60_000);

  it('opens by its password, without scripts, and keeps nothing of it', async () => {
    const page = await open({ javaScriptEnabled: false });
    const path = await pathOf({ title: 'Closed', body: 'Behind it' }, { password: PASSWORD });
    expect((await page.goto(path))?.status()).toBe(401);
    await page.getByLabel('Password').fill('red kettle');
    await page.getByRole('button').click();
    expect(await page.getByRole('alert').textContent()).toBe('The password is wrong.');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    expect(await page.getByRole('heading').textContent()).toBe('Closed');
    expect(page.url()).toBe(server.client.url + path);
    expect(await page.context().cookies()).toEqual([]);
  }, 60_000);

  it.each([
    ['share', () => pathOf({ title: 'How to make tea', url: 'https://example.org/tea', body: TEXT }), 200],
    ['share-password', () => pathOf({ title: 'Closed' }, { password: PASSWORD }), 401],
    ['share-gone', () => Promise.resolve('/s/gone'), 404],
  ] as const)(
    '%s has no faults, light and dark, and fits a phone and a desk',
    async (name, path, status) => {
      const page = await open({ bypassCSP: true });
      expect((await page.goto(await path()))?.status()).toBe(status);
      await page.evaluate(AXE);
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [360, 1280]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 740 });
          const { violations } = await page.evaluate<AxeResults>('axe.run()');
          const faults = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
          expect([colorScheme, width, faults]).toEqual([colorScheme, width, []]);
          expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
          if (SCREENSHOTS !== undefined) {
            await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}-${width}.png`, fullPage: true });
          }
        }
      }
    },
    120_000,
  );
});
