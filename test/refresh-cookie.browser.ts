import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { AUTH, newAddress, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let pages: Server;
let port: number;
let server: TestApp;
let browser: Browser;

beforeAll(async () => {
  pages = createServer((_request, response) =>
    response.setHeader('Content-Type', 'text/html').end('<title>app</title>'),
  );
  await once(pages.listen(0, '127.0.0.1'), 'listening');
  port = (pages.address() as AddressInfo).port;
  // Two hosts of this machine that a browser takes for two sites; ports do not matter to it.
  const origins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`].join(',');
  server = await startTestApp({ environment: { CORS_ORIGINS: origins } });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
}, 120_000);

afterAll(async () => {
  await browser.close();
  await server.close();
  pages.close();
});

async function open(host: string): Promise<Page> {
  const [context] = browser.contexts();
  const page = await (context ?? (await browser.newContext())).newPage();
  await page.goto(`http://${host}:${port}/`);
  return page;
}

/** What a script of the page gets from the API. */
function post(page: Page, path: string, body: object, credentials: 'include' | 'omit' = 'include') {
  const request = { url: `${server.client.url}${AUTH}/${path}`, body: JSON.stringify(body), credentials };
  return page.evaluate(async ({ url, body: text, credentials: mode }) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: text, credentials: mode });
    const answer = (await response.json()) as { refreshToken?: string | null; accessToken?: string };
    return {
      status: response.status,
      answer,
      cookies: (globalThis as unknown as { document: { cookie: string } }).document.cookie,
    };
  }, request);
}

describe('in a browser', () => {
  it('a page refreshes with the cookie that it cannot read, and a page of another site cannot', async () => {
    const page = await open('127.0.0.1');
    const account = { email: newAddress(), password: PASSWORD, tokenDelivery: 'cookie' };
    const registered = await post(page, 'register', account);
    expect(registered).toMatchObject({ status: 201, answer: { refreshToken: null }, cookies: '' });
    const [cookie, ...others] = (await browser.contexts()[0]?.cookies(`${server.client.url}${AUTH}`)) ?? [];
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ name: 'commonplace_refresh', httpOnly: true, sameSite: 'Strict', path: AUTH });
    expect(await post(page, 'refresh', {})).toMatchObject({
      status: 200,
      answer: { refreshToken: null, accessToken: expect.any(String) },
    });
    expect((await post(page, 'refresh', {}, 'omit')).status).toBe(400);
    const foreign = await open('localhost');
    expect((await post(foreign, 'refresh', {})).status).toBe(400);
    expect((await post(page, 'refresh', {})).status).toBe(200);
  });
});
