import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../support/client';
import { jsonBodyOf, operations } from '../support/openapi';
import { ServerProcess } from '../support/server-process';

/*
 * Two scanners from Debian against a server of its own on the loopback: sqlmap on every route about accounts, wapiti on the pages for people.
 * `npm run scan` runs it (`npm run scan -- <part of a route>` for some); it needs `apt-get install sqlmap wapiti`. It exits with 1 when either finds something.
 */

const ACCOUNT_ROUTES = /^\w+ \/api\/v1\/(auth|users|access-tokens|admin)(\/|$)/;

/** Routes that only a browser on its way to a provider asks, and files: nothing of theirs is put into a query. */
const NOT_SCANNED = /\/auth\/oauth\//;

/** Pages with forms and addresses with parameters, for wapiti to begin with. */
const PAGES = [
  '/account/verify-email?token=a',
  '/account/reset-password?token=a',
  '/account/invitation?token=a',
  '/account/signed-in?code=a',
  '/account/error?code=access-denied',
];

/** What wapiti tries; without the modules that ask servers elsewhere, or look for products that this is not. */
const WAPITI_MODULES =
  'backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,xss';

/** OWASP's HTTP headers cheat sheet: this one does harm, and is sent as 0. */
const OBSOLETE = /^X-XSS-Protection is not set/;

const ID = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';

interface Run {
  code: number;
  output: string;
}

async function run(command: string, args: string[], cwd: string): Promise<Run> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code: code ?? 1, output };
}

/** An HTTP request with the route's example, as sqlmap reads it: the values of the body, the query and the path are what it tries. */
function requestOf(route: string, url: URL, token: string): string {
  const [method = '', template = ''] = route.split(' ');
  const operation = operations.get(route);
  const schema = operation === undefined ? undefined : jsonBodyOf(operation);
  const query = (operation?.parameters ?? [])
    .filter((parameter) => parameter.in === 'query')
    .map(
      ({ name, schema: { example, enum: [first] = [] } }) =>
        `${name}=${encodeURIComponent(String(example ?? first ?? 'a'))}`,
    )
    .join('&');
  // sqlmap tries what is marked with a star; where there is none, all parameters.
  const path = template.replace(/\{\w+\}/g, `${ID}*`) + (query === '' ? '' : `?${query}`);
  const body =
    schema &&
    JSON.stringify(
      Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, { example }]) => [name, example])),
    );
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    `Authorization: Bearer ${token}`,
    'Connection: close',
  ];
  if (body !== undefined) head.push('Content-Type: application/json');
  return `${head.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

async function scanWithSqlmap(client: Client, token: string, workDir: string): Promise<string[]> {
  const found: string[] = [];
  const [, , only = ''] = process.argv;
  const routes = [...operations.keys()].filter(
    (route) => ACCOUNT_ROUTES.test(route) && !NOT_SCANNED.test(route) && route.includes(only),
  );
  for (const route of routes) {
    const request = requestOf(route, new URL(client.url), token);
    if (!/[?*]|\r\n\r\n./.test(request)) continue;
    const file = join(workDir, 'request.txt');
    writeFileSync(file, request);
    const settings = [
      '--batch',
      '--flush-session',
      '--dbms=PostgreSQL',
      '--technique=BEUST',
      '--level=2',
      '--risk=1',
      '--threads=2',
    ];
    // Refusals are what is expected of most tries; they are no reason to stop.
    const rest = [
      '--ignore-stdin',
      '--ignore-code=*',
      '--timeout=10',
      '--retries=0',
      `--output-dir=${join(workDir, 'sqlmap')}`,
    ];
    const { output } = await run('sqlmap', ['-r', file, ...settings, ...rest], workDir);
    // What only "appears to be injectable" is tried again by sqlmap itself, which then names the injection points or takes it back.
    const vulnerable = /is vulnerable|identified the following injection point/.test(output);
    const tested = /testing for SQL injection on|does not seem to be injectable|do not appear to be injectable/.test(
      output,
    );
    say(`sqlmap ${route}: ${vulnerable ? 'FOUND SOMETHING' : tested ? 'nothing' : 'NOT TESTED'}`);
    if (vulnerable || !tested) found.push(`${route}\n${output.slice(-3_000)}`);
  }
  return found;
}

async function scanWithWapiti(client: Client, workDir: string): Promise<string[]> {
  const report = join(workDir, 'wapiti.json');
  const starts = PAGES.flatMap((page) => ['-s', client.url + page]);
  const settings = [
    '-m',
    WAPITI_MODULES,
    '--scope',
    'domain',
    '-d',
    '2',
    '--max-scan-time',
    '120',
    '--max-attack-time',
    '60',
    '-f',
    'json',
    '-o',
    report,
  ];
  const stores = [
    '--store-session',
    join(workDir, 'session'),
    '--store-config',
    join(workDir, 'config'),
    '--flush-session',
    '--no-bugreport',
  ];
  mkdirSync(join(workDir, 'config'));
  // Data of modules that are not used; without it, wapiti would ask a server elsewhere for it.
  for (const name of ['apps.json', 'nikto_db']) writeFileSync(join(workDir, 'config', name), '{}');
  const { output } = await run('wapiti', ['-u', `${client.url}/`, ...starts, ...settings, ...stores], workDir);
  const { vulnerabilities } = JSON.parse(readFileSync(report, 'utf8')) as {
    vulnerabilities: Record<string, { info: string }[]>;
  };
  say(`wapiti: ${/found \d+ URLs and forms/.exec(output)?.[0] ?? output}`);
  return Object.entries(vulnerabilities).flatMap(([kind, cases]) =>
    cases.filter(({ info }) => !OBSOLETE.test(info)).map((found) => `${kind}: ${JSON.stringify(found)}`),
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  const workDir = mkdtempSync(join(tmpdir(), 'commonplace-scan-'));
  chmodSync(workDir, 0o711);
  mkdirSync(join(workDir, 'data'), { mode: 0o711 });
  const limits = { SIGN_IN_LIMIT_PER_ADDRESS: '100000', SIGN_IN_LIMIT_PER_ACCOUNT: '100000' };
  const server = ServerProcess.start('main', {
    DATA_DIR: join(workDir, 'data'),
    PORT: '0',
    LOG_LEVEL: 'info',
    ...limits,
  });
  try {
    const client = await server.ready();
    const { token } = await client.signUp();
    const found = [...(await scanWithWapiti(client, workDir)), ...(await scanWithSqlmap(client, token, workDir))];
    // What a scanner does must not have broken anything either.
    const broken = server.log.split('\n').filter((line) => /"status":50[0-2]/.test(line));
    for (const finding of [...found, ...broken]) say(`\nFOUND ${finding}`);
    say(`\n${found.length} findings, ${broken.length} broken answers`);
    process.exitCode = found.length + broken.length === 0 ? 0 : 1;
  } finally {
    await server.stop('SIGTERM');
    rmSync(workDir, { recursive: true, force: true });
  }
}

void main();
