import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';

/** Any user but root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
/** Opens a directory in a process of its own, and closes it when its input ends. */
const HOLDER = `
  require('./test/support/run-typescript');
  const { EmbeddedPostgres } = require('./src/database/embedded/embedded-postgres');
  EmbeddedPostgres.open({ dataDir: process.argv[1], durable: false, preferredPort: 0, log: () => undefined }).then((database) => {
    console.log(JSON.stringify({ url: database.url, attached: database.attached }));
    process.stdin.resume().once('end', () => database.close());
  });`;

describe('EmbeddedPostgres', () => {
  let base: string;
  let template: string;
  let dataDir: string;
  let messages: string[];
  let holders: ChildProcess[];
  let opened: EmbeddedPostgres[];

  beforeAll(async () => {
    base = mkdtempSync(join(realpathSync(tmpdir()), 'embedded-postgres-'));
    // PostgreSQL's system user must reach it.
    chmodSync(base, 0o755);
    template = join(base, 'template');
    const database = await EmbeddedPostgres.open(optionsFor(template));
    await query(database.url, "create table facts (fact text); insert into facts values ('kept')");
    await database.close();
  });

  beforeEach(() => {
    dataDir = join(mkdtempSync(join(base, 'test-')), 'data');
    chmodSync(dirname(dataDir), 0o755);
    messages = [];
    holders = [];
    opened = [];
  });

  afterEach(async () => {
    holders.forEach((holder) => holder.kill('SIGKILL'));
    await Promise.all(opened.map((database) => database.close()));
    const pid = postmasterPid();
    if (pid !== undefined && isAlive(pid)) {
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid));
    }
    const cluster = join(dataDir, 'postgres');
    if (existsSync(cluster) && lstatSync(cluster).isSymbolicLink()) rmSync(realpathSync(cluster), { recursive: true });
    rmSync(dirname(dataDir), { recursive: true });
  });

  afterAll(() => rmSync(base, { recursive: true }));

  function optionsFor(directory: string): EmbeddedPostgresOptions {
    return {
      dataDir: directory,
      durable: false,
      preferredPort: 0,
      log: (level, message) => messages?.push(`${level} ${message}`),
    };
  }

  async function open(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const database = await EmbeddedPostgres.open({ ...optionsFor(dataDir), ...options });
    opened.push(database);
    return database;
  }

  async function hold(): Promise<{ holder: ChildProcess; url: string; attached: boolean }> {
    const holder = spawn(process.execPath, ['-e', HOLDER, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
    holders.push(holder);
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    return { holder, ...(JSON.parse(line.toString()) as { url: string; attached: boolean }) };
  }

  /** A data directory with the template's cluster, in which the table `facts` holds one row, "kept". */
  function copyTemplate(): void {
    spawnSync('cp', ['-a', template, dataDir]);
  }

  function postmasterPid(): number | undefined {
    const path = join(dataDir, 'postgres', 'postmaster.pid');
    return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : undefined;
  }

  it('makes a database that handles Unicode, and finds its data when it is opened again', async () => {
    const first = await open({ durable: true });
    expect(first.attached).toBe(false);
    for (const extension of ['pg_trgm', 'unaccent', 'citext', 'btree_gin'])
      await query(first.url, `create extension ${extension}`);
    const [row] = await query(
      first.url,
      `select lower('ÄÖЖ') as lower, unaccent('Éàü') as bare, 'ÄÖ'::citext = 'äö' as equal, cardinality(show_trgm('жук')) as trigrams,
              to_tsvector('simple', '“grün”—naïve')::text as words, current_setting('fsync') as fsync, current_setting('timezone') as zone,
              pg_encoding_to_char(encoding) as encoding, current_setting('listen_addresses') as address
       from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({
      lower: 'äöж',
      bare: 'Eau',
      equal: true,
      trigrams: 4,
      words: "'grün':1 'naïve':2",
      fsync: 'on',
      zone: 'UTC',
      encoding: 'UTF8',
      address: '127.0.0.1',
    });
    await query(first.url, 'create table kept as select 1 as one');
    await first.close();
    await first.close();
    expect(postmasterPid()).toBeUndefined();

    const second = await open();
    expect(second.attached).toBe(false);
    expect(second.url.split(':')[2]).toBe(first.url.split(':')[2]);
    expect(await query(second.url, 'select * from kept')).toEqual([{ one: 1 }]);
  });

  it('keeps the password in a private file, out of the log and off command lines, and asks for it', async () => {
    copyTemplate();
    const { url } = await open();
    const file = join(dataDir, 'postgres-password');
    const password = readFileSync(file, 'utf8').trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Buffer.from(password, 'base64url').length).toBeGreaterThanOrEqual(24);
    expect(url).toBe(`postgres://commonplace:${password}@127.0.0.1:${new URL(url).port}/commonplace`);
    const commands = spawnSync('ps', ['-eo', 'args']).stdout.toString();
    expect(commands).toContain(join(dataDir, 'postgres'));
    expect(`${messages.join()}${readFileSync(join(dataDir, 'postgres.log'), 'utf8')}${commands}`).not.toContain(
      password,
    );
    await expect(query(url.replace(password, 'wrong'), 'select 1')).rejects.toThrow('password authentication failed');
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres-password', 'postgres.lock', 'postgres.log']);
  });

  it('is shared by all who open it, and stopped by the last to close it', async () => {
    copyTemplate();
    const first = await open();
    const pid = postmasterPid();
    const second = await open();
    const third = await hold();
    expect([first.attached, second.attached, third.attached]).toEqual([false, true, true]);
    expect([second.url, third.url]).toEqual([first.url, first.url]);

    await first.close();
    await second.close();
    expect(await query(third.url, 'select fact from facts')).toEqual([{ fact: 'kept' }]);
    expect(postmasterPid()).toBe(pid);
    third.holder.stdin?.end();
    await once(third.holder, 'exit');
    expect(postmasterPid()).toBeUndefined();
  });

  it('is made once by processes that open an empty directory at the same time', async () => {
    const [first, second] = await Promise.all([open(), hold()]);
    expect([first.attached, second.attached].sort()).toEqual([false, true]);
    expect(second.url).toBe(first.url);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.init'))).toEqual([]);
  });

  it('outlives a holder that is killed, and the next to open it attaches', async () => {
    copyTemplate();
    const { holder, url } = await hold();
    const pid = postmasterPid();
    await query(url, "insert into facts values ('new')");
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    const next = await open();
    expect(next.attached).toBe(true);
    expect(next.url).toBe(url);
    expect(postmasterPid()).toBe(pid);
    expect(await query(next.url, 'select fact from facts order by 1')).toEqual([{ fact: 'kept' }, { fact: 'new' }]);
    await next.close();
    expect(postmasterPid()).toBeUndefined();
  });

  it('recovers what was committed when it is killed with its holder', async () => {
    copyTemplate();
    const { holder, url } = await hold();
    await query(url, "insert into facts values ('new')");
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    process.kill(Number(postmasterPid()), 'SIGKILL');

    const next = await open();
    expect(next.attached).toBe(false);
    expect(await query(next.url, 'select fact from facts order by 1')).toEqual([{ fact: 'kept' }, { fact: 'new' }]);
  });

  it('is started again on its port when it is killed under its holder', async () => {
    copyTemplate();
    const { url } = await open();
    await query(url, "insert into facts values ('new')");
    process.kill(Number(postmasterPid()), 'SIGKILL');
    await until(() => messages.includes('info Embedded PostgreSQL: connected again.'));
    expect(await query(url, 'select fact from facts order by 1')).toEqual([{ fact: 'kept' }, { fact: 'new' }]);
  });

  it('keeps its share when the connection that holds it breaks', async () => {
    copyTemplate();
    const first = await open();
    const pid = postmasterPid();
    await query(
      first.url,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'commonplace lease'",
    );
    await until(() => messages.includes('info Embedded PostgreSQL: connected again.'));
    const second = await open();
    await second.close();
    expect(postmasterPid()).toBe(pid);
    expect(await query(first.url, 'select fact from facts')).toEqual([{ fact: 'kept' }]);
  });

  // Nobody else may run a program as another user.
  if (process.getuid?.() === 0)
    describe('as root', () => {
      it('leaves a cluster to the ordinary user who made it, and runs it as that user', async () => {
        copyTemplate();
        // As that user's own server would have left it.
        spawnSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, dataDir]);
        const database = await open();
        expect(await query(database.url, 'select fact from facts')).toEqual([{ fact: 'kept' }]);
        expect(statSync(`/proc/${Number(postmasterPid())}`).uid).toBe(NOBODY.uid);
        await database.close();
        expect(statSync(join(dataDir, 'postgres')).uid).toBe(NOBODY.uid);
      });

      it('works in a directory that only root can enter', async () => {
        chmodSync(dirname(dataDir), 0o700);
        const first = await open();
        await query(first.url, 'create table kept as select 1 as one');
        await first.close();
        const second = await open();
        expect(await query(second.url, 'select * from kept')).toEqual([{ one: 1 }]);
        expect(statSync(dirname(dataDir)).mode & 0o777).toBe(0o700);
      });
    });
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  return spawnSync('kill', ['-0', String(pid)]).status === 0;
}

/** Waits for something that happens by itself; the test's time limit is the bound. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}
