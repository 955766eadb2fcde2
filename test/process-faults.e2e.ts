import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmptyDatabase, type TestDatabase } from './support/database';
import { eventually } from './support/eventually';
import { ServerProcess } from './support/server-process';

let database: TestDatabase;
let dataDir: string;
const processes: ServerProcess[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
});

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'commonplace-faults-'));
  // Open to the system user that PostgreSQL runs as for root, or the cluster would be made outside, and left there.
  chmodSync(dataDir, 0o711);
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map((running) => running.stop('SIGTERM')));
  rmSync(dataDir, { recursive: true, force: true });
});

afterAll(() => database.drop());

function run(entry: 'main' | 'cli', environment: Record<string, string>, ...args: string[]): ServerProcess {
  const started = ServerProcess.start(entry, { DATA_DIR: dataDir, PORT: '0', ...environment }, ...args);
  processes.push(started);
  return started;
}

const onDatabase = (): Record<string, string> => ({ DATABASE_URL: database.url, WORKER: 'off' });

describe('a process', () => {
  it('that is stopped while it starts ends cleanly, and its PostgreSQL with it', async () => {
    const started = run('main', {});
    await eventually(
      'the making of the cluster',
      () => (existsSync(join(dataDir, 'postgres-password')) ? true : undefined),
      60_000,
    );
    expect([await started.stop('SIGTERM'), started.log]).toEqual([0, expect.stringContaining('Stopped')]);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  }, 120_000);

  it('and a command that start at once on an empty directory share one database', async () => {
    const [server, migration] = [run('main', { WORKER: 'off' }), run('cli', {}, 'migrate')];
    const client = await server.ready();
    expect([await migration.exit(), migration.log]).toEqual([
      0,
      expect.stringMatching(/^(Migrated: |There is nothing to do)/),
    ]);
    await client.signUp();
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  }, 120_000);

  it('whose port is taken says so, and exits with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await eventually('a port', () => (other.listening ? true : undefined));
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const second = run('main', { ...onDatabase(), PORT: port });
    expect(await second.exit()).toBe(1);
    expect(second.log).toContain(`address already in use 127.0.0.1:${port}`);
    other.close();
  }, 60_000);

  it('does not wait longer than it may for a request that does not end', async () => {
    const server = run('main', { ...onDatabase(), SHUTDOWN_TIMEOUT_MS: '1500' });
    const { hostname, port } = new URL((await server.ready()).url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const began = performance.now();
    expect(await server.stop('SIGTERM')).toBe(1);
    expect(performance.now() - began).toBeLessThan(6_000);
    expect(server.log).toContain('Stopping took too long');
  }, 60_000);

  it('that fails where nobody catches it logs the error as a line of JSON, and exits with 1', async () => {
    const fault = join(dataDir, 'fault.cjs');
    writeFileSync(fault, `process.on('SIGUSR2', () => { throw new Error('out of the blue'); });`);
    const server = run('main', { ...onDatabase(), NODE_OPTIONS: `--require ${fault}` });
    await server.ready();
    expect(await server.stop('SIGUSR2')).toBe(1);
    const last = JSON.parse(server.log.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(last).toMatchObject({ level: 60, err: { message: 'out of the blue' } });
  }, 60_000);
});
