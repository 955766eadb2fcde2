import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { Config } from './config';
import { ConfigError, loadConfig, variableNames } from './load-config';

const SECRET = 'a-signing-secret-of-more-than-32-characters';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'commonplace-config-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig({ DATA_DIR: dataDir, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const secretPath = (): string => join(dataDir, 'jwt-secret');

function compile(name: string): void {
  const to = join(dataDir, `${name}.js`);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, `${transformFileSync(join(__dirname, '..', `${name}.ts`)).code}\n`);
}

const nameOf = (problem: string): string | undefined => problem.split(':')[0];

describe('faults in the environment', () => {
  it('are reported all together, by variable, with what was expected and what was found', () => {
    const problems = problemsOf({
      NODE_ENV: 'prod',
      PORT: '70000',
      DATABASE_POOL_SIZE: 'many',
      DATABASE_URL: 'mysql://root:hunter2@db/notes',
      MIGRATE_ON_START: 'yes',
      WORKER: 'on',
      CORS_ORIGINS: 'https://a.example.org, b.example.org',
      TRUST_PROXY: '10.0.0.0/33',
      MAIL_FROM: 'nobody',
      LOG_LEVEL: 'loud',
      SESSION_IDLE_DAYS: '1.5',
      USER_NOTE_LIMIT: '-1',
      USER_BYTE_LIMIT: '1 GB',
    });
    expect(problems.toSorted()).toEqual([
      'CORS_ORIGINS: must be a comma-separated list of origins such as https://app.example.org, or * (it is "https://a.example.org, b.example.org")',
      'DATABASE_POOL_SIZE: must be a whole number, 2 to 200 (it is "many")',
      'DATABASE_URL: must be postgres://user:password@host:port/database',
      'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent (it is "loud")',
      'MAIL_FROM: must be a sender such as Commonplace <notes@example.org> (it is "nobody")',
      'MIGRATE_ON_START: must be true or false (it is "yes")',
      'NODE_ENV: must be development, production or test (it is "prod")',
      'PORT: must be a port number (0 picks a free one), 0 to 65535 (it is "70000")',
      'SESSION_IDLE_DAYS: must be days, 1 to 365 (it is "1.5")',
      'TRUST_PROXY: must be true, false, a number of proxies, or a comma-separated list of addresses or CIDR ranges (it is "10.0.0.0/33")',
      'USER_BYTE_LIMIT: must be bytes (0: no limit), 0 to 9007199254740991 (it is "1 GB")',
      'USER_NOTE_LIMIT: must be a number of notes (0: no limit), 0 to 2147483647 (it is "-1")',
      'WORKER: must be inline (jobs run in the server) or off (jobs run in npm run worker) (it is "on")',
    ]);
  });

  it('never show a secret, nor an address that may hold one', () => {
    const problems = problemsOf({
      JWT_SECRET: 'short-secret',
      DATABASE_URL: 'postgres//u:hunter2@h',
      REDIS_URL: 'http://:hunter2@h',
      SMTP_URL: 'mail://u:hunter2@h',
      PUBLIC_URL: 'notes.example.org?token=hunter2',
    });
    expect(problems.map(nameOf).toSorted()).toEqual([
      'DATABASE_URL',
      'JWT_SECRET',
      'PUBLIC_URL',
      'REDIS_URL',
      'SMTP_URL',
    ]);
    expect(problems.join('\n')).not.toMatch(/hunter2|short-secret/);
  });

  it('in production name every missing secret and address at once, and make nothing up', () => {
    const problems = problemsOf({ NODE_ENV: 'production' });
    expect(problems.map(nameOf).toSorted()).toEqual(['ENCRYPTION_KEY', 'JWT_SECRET', 'PUBLIC_URL']);
    expect(problems.every((problem) => problem.endsWith('(it is not set)'))).toBe(true);
    expect(readdirSync(dataDir)).toEqual([]);
    expect(
      problemsOf({
        NODE_ENV: 'production',
        JWT_SECRET: SECRET,
        ENCRYPTION_KEY: SECRET,
        PUBLIC_URL: 'https://notes.example.org',
      }),
    ).toEqual([]);
  });

  it('include a secret that is still the example', () => {
    expect(problemsOf({ JWT_SECRET: `change-me-${SECRET}` }).map(nameOf)).toEqual(['JWT_SECRET']);
  });

  it.each(['true', 'false', '0', '2', 'loopback', '10.0.0.0/8, fd00::/8', '192.0.2.1'])(
    'do not include TRUST_PROXY=%s',
    (value) => {
      expect(problemsOf({ TRUST_PROXY: value })).toEqual([]);
    },
  );

  it.each(['yes', '-1', '10.0.0.256', '10.0.0.0/8,', 'face', '1.2.3.4/', '::/129'])(
    'include TRUST_PROXY=%s',
    (value) => {
      expect(problemsOf({ TRUST_PROXY: value }).map(nameOf)).toEqual(['TRUST_PROXY']);
    },
  );
});

describe('values', () => {
  it('that are blank count as absent', () => {
    const blank = Object.fromEntries(
      variableNames().flatMap((name) => [
        [name, ' '],
        [`${name}_FILE`, ''],
      ]),
    );
    const config = loadConfig({ ...blank, DATA_DIR: dataDir });
    expect({ ...config, JWT_SECRET: undefined, ENCRYPTION_KEY: undefined }).toEqual({
      ...new Config(),
      DATA_DIR: dataDir,
    });
  });

  it('are turned into what the code works with', () => {
    const config = loadConfig({
      DATA_DIR: dataDir,
      PORT: '8080',
      MIGRATE_ON_START: 'false',
      CORS_ORIGINS: 'https://a.example.org, http://localhost:5173',
      PUBLIC_URL: 'https://notes.example.org/',
    });
    expect(config).toMatchObject({ PORT: 8080, MIGRATE_ON_START: false, publicUrl: 'https://notes.example.org' });
    expect(config.CORS_ORIGINS).toEqual(['https://a.example.org', 'http://localhost:5173']);
  });

  it('of any variable may be in a file that NAME_FILE names', () => {
    const file = join(dataDir, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    expect(loadConfig({ DATA_DIR: dataDir, JWT_SECRET_FILE: file }).JWT_SECRET).toBe(SECRET);
    const port = join(dataDir, 'port');
    writeFileSync(port, '8081');
    expect(loadConfig({ DATA_DIR: dataDir, PORT_FILE: port }).PORT).toBe(8081);
  });

  it('in a file that is missing, empty or given twice are a fault, and the only one of that variable', () => {
    const empty = join(dataDir, 'empty');
    writeFileSync(empty, '\n');
    const problems = problemsOf({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://notes.example.org',
      ENCRYPTION_KEY: SECRET,
      JWT_SECRET_FILE: join(dataDir, 'missing'),
      PORT_FILE: empty,
      WORKER: 'off',
      WORKER_FILE: empty,
    });
    expect(problems.map(nameOf).toSorted()).toEqual(['JWT_SECRET_FILE', 'PORT_FILE', 'WORKER_FILE']);
    expect(problems.join()).toContain('no such file');
  });
});

describe('the signing secret outside production', () => {
  it('is made up, kept for its owner only, and the same after a restart', () => {
    const { JWT_SECRET: secret } = loadConfig({ DATA_DIR: dataDir });
    expect(Buffer.from(secret ?? '', 'base64url')).toHaveLength(48);
    expect(statSync(secretPath()).mode & 0o777).toBe(0o600);
    expect(loadConfig({ DATA_DIR: dataDir }).JWT_SECRET).toBe(secret);
    expect(readdirSync(dataDir).toSorted()).toEqual(['encryption-key', 'jwt-secret']);
  });

  it('is not made up when one is given', () => {
    expect(loadConfig({ DATA_DIR: dataDir, JWT_SECRET: SECRET }).JWT_SECRET).toBe(SECRET);
    expect(existsSync(secretPath())).toBe(false);
  });

  it('is one, however many processes start at once', async () => {
    const script = join(dataDir, 'config', 'kept-secret.js');
    compile('config/kept-secret');
    compile('common/errors');
    appendFileSync(
      script,
      `process.stdin.once('data', () => { console.log(keptSecret(process.argv[2], 'jwt-secret')); process.exit(); }); console.log('ready');`,
    );
    const home = join(dataDir, 'home');
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [script, home], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    for (const child of children) child.stdin.end('go');
    const secrets = await Promise.all(children.map(async (child) => String(await once(child.stdout, 'data')).trim()));
    expect(new Set(secrets)).toEqual(new Set([readFileSync(join(home, 'jwt-secret'), 'utf8')]));
    expect(readdirSync(home)).toEqual(['jwt-secret']);
  });

  it('that is damaged, or has no place to be kept, is a fault that says what to do', () => {
    writeFileSync(secretPath(), 'cut off');
    expect(problemsOf({})).toEqual([
      expect.stringMatching(/^DATA_DIR: .*jwt-secret is damaged: restore it, or remove it/),
    ]);
    expect(problemsOf({ DATA_DIR: join(secretPath(), 'below-a-file') })).toEqual([
      expect.stringMatching(/^DATA_DIR: cannot be used/),
    ]);
  });
});
