import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from './embedded-postgres';

const isRoot = process.getuid?.() === 0;

describe('EmbeddedPostgres on a directory that was used before', () => {
  let base: string;
  let dataDir: string;
  let opened: EmbeddedPostgres[];
  let others: ChildProcess[];

  beforeAll(async () => {
    base = mkdtempSync(join(realpathSync(tmpdir()), 'embedded-postgres-'));
    // PostgreSQL's system user must reach it.
    chmodSync(base, 0o755);
    const database = await EmbeddedPostgres.open(optionsFor(join(base, 'template')));
    await query(database.url, "create table facts as select 'kept' as fact");
    await database.close();
  });

  beforeEach(() => {
    dataDir = join(base, 'data');
    spawnSync('cp', ['-a', join(base, 'template'), dataDir]);
    opened = [];
    others = [];
  });

  afterEach(async () => {
    others.forEach((other) => other.kill('SIGKILL'));
    await Promise.all(opened.map((database) => database.close()));
    rmSync(dataDir, { recursive: true });
  });

  afterAll(() => rmSync(base, { recursive: true }));

  async function open(directory = dataDir, preferredPort = 0): Promise<EmbeddedPostgres> {
    const database = await EmbeddedPostgres.open({ ...optionsFor(directory), preferredPort });
    opened.push(database);
    return database;
  }

  it('takes another port if the preferred one is taken', async () => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    const database = await open(dataDir, port);
    server.close();
    expect(new URL(database.url).port).not.toBe(String(port));
    expect(await query(database.url, 'select fact from facts')).toEqual([{ fact: 'kept' }]);
  });

  it('keeps a full log as the old one, and begins another', async () => {
    truncateSync(join(dataDir, 'postgres.log'), 11 * 1024 * 1024);
    await open();
    expect(statSync(join(dataDir, 'postgres.log.old')).size).toBe(11 * 1024 * 1024);
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('starting PostgreSQL');
    expect(statSync(join(dataDir, 'postgres.log')).mode & 0o777).toBe(0o600);
  });

  it('serves everyone when some open it while others close it', async () => {
    const users = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 5; round++) {
        const database = await EmbeddedPostgres.open(optionsFor(dataDir));
        expect(await query(database.url, 'select fact from facts')).toEqual([{ fact: 'kept' }]);
        await database.close();
      }
    });
    await Promise.all(users);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('is not fooled by a stale postmaster.pid whose process and port are other programs’ by now', async () => {
    await (await open()).close();
    const { uid, gid } = statSync(join(dataDir, 'postgres', 'PG_VERSION'));
    const other = spawn('sleep', ['60'], isRoot ? { uid, gid } : {});
    others.push(other);
    let connections = 0;
    const server = await listen(() => connections++);
    const { port } = server.address() as AddressInfo;
    const path = join(dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(
      path,
      [other.pid, join(dataDir, 'postgres'), 1_700_000_000, port, '', '127.0.0.1', ' 1234 0', 'ready   ', ''].join(
        '\n',
      ),
      { mode: 0o600 },
    );
    chownSync(path, uid, gid);

    const database = await open(dataDir, port);
    server.close();
    // Whoever listens there must not be asked to check the password.
    expect(connections).toBe(0);
    expect(database.attached).toBe(false);
    expect(new URL(database.url).port).not.toBe(String(port));
    expect(await query(database.url, 'select fact from facts')).toEqual([{ fact: 'kept' }]);
  });

  it('opens a directory that was copied while its server ran, without touching that server', async () => {
    const original = await open();
    const copy = join(base, 'copy');
    await query(original.url, 'checkpoint');
    spawnSync('cp', ['-a', dataDir, copy]);
    const database = await open(copy);
    await query(database.url, 'delete from facts');
    expect(await query(original.url, 'select fact from facts')).toEqual([{ fact: 'kept' }]);
    expect(database.attached).toBe(false);
  });

  it('says what is wrong, and leaves nothing running, when it cannot be opened', async () => {
    const password = join(dataDir, 'postgres-password');
    writeFileSync(password, 'x'.repeat(43));
    await expect(open()).rejects.toThrow(`refuses the password in ${password}`);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    writeFileSync(join(dataDir, 'postgres', 'postgresql.conf'), "shared_buffers = 'nonsense'\n");
    await expect(open()).rejects.toThrow(/cannot start in .*invalid value for parameter "shared_buffers"/s);
    const within = open(join(password, 'data'));
    await expect(within).rejects.toThrow(/data directory .*data cannot be used .*DATA_DIR/);
  });
});

function optionsFor(dataDir: string): Parameters<typeof EmbeddedPostgres.open>[0] {
  return { dataDir, durable: false, preferredPort: 0, log: () => undefined };
}

async function listen(onConnection?: () => void): Promise<Server> {
  const server = createServer((socket) => {
    onConnection?.();
    socket.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
