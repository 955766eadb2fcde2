import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/eventually';
import { ServerProcess } from './support/server-process';

describe('a process', () => {
  let dataDir: string;
  let processes: ServerProcess[];

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'commonplace-process-'));
    // Open to the system user that PostgreSQL runs as for root, or the cluster would be made outside, and left there.
    chmodSync(dataDir, 0o711);
    processes = [];
  });

  afterEach(async () => {
    await Promise.all(processes.map((running) => running.stop('SIGTERM')));
    rmSync(dataDir, { recursive: true, force: true });
  });

  function run(
    entry: 'main' | 'worker' | 'cli',
    environment: Record<string, string> = {},
    ...args: string[]
  ): ServerProcess {
    const ports = { PORT: '0', WORKER_PORT: '0' };
    const started = ServerProcess.start(entry, { DATA_DIR: dataDir, ...ports, ...environment }, ...args);
    processes.push(started);
    return started;
  }

  it('names every fault of the environment at once, and exits with 1', async () => {
    const faulty = run('main', { NODE_ENV: 'production', PORT: 'seven', LOG_LEVEL: 'loud', REDIS_URL: 'http://redis' });
    expect(await faulty.exit()).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'REDIS_URL', 'JWT_SECRET', 'ENCRYPTION_KEY', 'PUBLIC_URL'])
      expect(faulty.log).toContain(`  ${name}: must be`);
  });

  it('says what to do when the database refuses it, and exits with 1', async () => {
    const unreachable = run('main', { DATABASE_URL: `${process.env.TEST_ADMIN_URL ?? ''}_that_is_not_there` });
    expect(await unreachable.exit()).toBe(1);
    expect(unreachable.log).toContain('The database at DATABASE_URL cannot be used');
  });

  it('keeps data and sign-ins over SIGTERM and over kill -9, on its own PostgreSQL', async () => {
    const first = run('main');
    const client = await first.ready();
    const { token } = await client.signUp();
    const { body: note } = await client.post('/api/v1/notes', { token, body: { title: 'Kept' } });
    expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o077).toBe(0);
    expect(await first.stop('SIGTERM')).toBe(0);

    const second = run('main');
    const again = await second.ready();
    expect((await again.get(`/api/v1/notes/${String(note.id)}`, { token })).body).toMatchObject({ title: 'Kept' });
    await again.post('/api/v1/notes', { token, body: { title: 'Written just before' } });
    expect(await second.stop('SIGKILL')).toBeNull();

    const third = run('main');
    const { body } = await (await third.ready()).get<{ data: unknown[] }>('/api/v1/notes', { token });
    expect(body.data).toMatchObject([{ title: 'Written just before' }, { title: 'Kept' }]);
    expect(third.log).toContain('attached to');
  }, 240_000);

  it('shares its PostgreSQL with commands and a worker that run beside it, and outlives them', async () => {
    const server = run('main', { WORKER: 'off' });
    const client = await server.ready();
    const { email, token } = await client.signUp();
    const worker = run('worker');
    const probe = await worker.ready();
    expect((await probe.get('/health/ready')).status).toBe(200);
    expect((await probe.get('/api/v1/notes', { token })).status).toBe(404);

    const doctor = run('cli', {}, 'doctor');
    expect(await doctor.exit()).toBe(0);
    expect(doctor.log).toMatch(/database: up\nmigrations: up\nqueue: up/);
    const imported = run(
      'cli',
      {},
      'import',
      join(__dirname, 'fixtures', 'bookmarks', 'linkding.html'),
      '--user',
      email,
    );
    expect(await imported.exit()).toBe(0);
    expect(imported.log).toMatch(/[1-9]\d* created, 0 skipped as duplicates/);

    expect(await worker.stop('SIGTERM')).toBe(0);
    const notes = await client.get<{ data: unknown[] }>('/api/v1/notes', { token });
    expect(notes.body.data.length).toBeGreaterThan(0);
  }, 240_000);

  it('finishes the request that runs when SIGTERM comes, and accepts no other', async () => {
    const server = run('main', { SHUTDOWN_DRAIN_MS: '1500' });
    const client = await server.ready();
    const { token } = await client.signUp();
    const { hostname, port } = new URL(client.url);
    // Says nothing, as what a browser opens in advance: nobody waits for it.
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const slow = connect(Number(port), hostname);
    const body = JSON.stringify({ title: 'Sent slowly' });
    const head = `POST /api/v1/notes HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    slow.write(head + body.slice(0, 5));
    const exit = server.stop('SIGTERM');
    await eventually('The server is not ready any more', async () =>
      (await client.get('/health/ready')).status === 503 ? true : undefined,
    );
    expect((await client.get('/health/live')).status).toBe(200);
    await eventually('The server accepts nothing more', () =>
      client.get('/health/live').then(
        () => undefined,
        () => true,
      ),
    );
    slow.write(body.slice(5));
    let answer = '';
    for await (const chunk of slow) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 201/);
    expect(await exit).toBe(0);
  }, 240_000);
});
