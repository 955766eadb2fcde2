import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkVersion, initialise, isInitialised } from './initialise';
import { readOrCreatePassword } from './password';

const CLUSTERS = '/var/lib/commonplace/clusters';
const deadPid = (): number => spawnSync('true').pid;

describe('initialise', () => {
  let dataDir: string;
  let messages: string[];

  beforeEach(() => {
    dataDir = mkdtempSync(join(realpathSync(tmpdir()), 'initialise-'));
    // PostgreSQL's system user must reach it.
    chmodSync(dataDir, 0o755);
    messages = [];
  });

  afterEach(() => {
    const cluster = join(dataDir, 'postgres');
    if (existsSync(cluster)) rmSync(realpathSync(cluster), { recursive: true });
    rmSync(dataDir, { recursive: true });
  });

  async function make(): Promise<void> {
    const password = await readOrCreatePassword(dataDir, false);
    await initialise({
      dataDir,
      password,
      durable: false,
      log: (level, message) => messages.push(`${level} ${message}`),
    });
  }

  it('makes one cluster when several do it at once, and leaves nothing else', async () => {
    await Promise.all([make(), make()]);
    expect(await isInitialised(dataDir)).toBe(true);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres-password']);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
  });

  it('removes what an interrupted start left, but not what a living process is making', async () => {
    const dead = `postgres.init-${deadPid()}-0a`;
    const alive = `postgres.init-${process.ppid}-0b`;
    mkdirSync(join(dataDir, dead, 'base'), { recursive: true });
    writeFileSync(join(dataDir, `${dead}.password`), 'secret');
    // In a container, a restarted server has the pid of the one that died.
    mkdirSync(join(dataDir, `postgres.init-${process.pid}-0c`));
    mkdirSync(join(dataDir, alive));
    // Empty, it counts as none.
    mkdirSync(join(dataDir, 'postgres'));
    expect(await isInitialised(dataDir)).toBe(false);
    await make();
    expect(await isInitialised(dataDir)).toBe(true);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres-password', alive].sort());
  });

  it('leaves nothing when initdb fails, and says why', async () => {
    const tooLong = join(dataDir, ...Array<string>(5).fill('x'.repeat(220)));
    mkdirSync(tooLong, { recursive: true });
    const failing = initialise({ dataDir: tooLong, password: 'x', durable: false, log: () => undefined });
    await expect(failing).rejects.toThrow(`PostgreSQL could not make a database in ${tooLong}`);
    expect(readdirSync(tooLong)).toEqual([]);
  });

  it('refuses a directory that is no cluster, and a link to one that is gone', async () => {
    const path = join(dataDir, 'postgres');
    mkdirSync(join(path, 'photos'), { recursive: true });
    await expect(isInitialised(dataDir)).rejects.toThrow(`${path} holds something else than a PostgreSQL cluster`);
    rmSync(path, { recursive: true });
    symlinkSync(join(dataDir, 'gone'), path);
    await expect(isInitialised(dataDir)).rejects.toThrow(`${path} points to ${join(dataDir, 'gone')}, which is gone`);
  });

  it('refuses a cluster of another major version, and says what to do', async () => {
    writeFileSync(join(dataDir, 'PG_VERSION'), '17\n');
    const binaries = { postgres: '', initdb: '', major: '18' };
    await expect(checkVersion(dataDir, binaries)).rejects.toThrow(
      /made by PostgreSQL 17; this release of Commonplace brings PostgreSQL 18.*pg_dump/,
    );
    writeFileSync(join(dataDir, 'PG_VERSION'), '18\n');
    await expect(checkVersion(dataDir, binaries)).resolves.toBeUndefined();
  });

  // Nobody else may run a program as another user.
  if (process.getuid?.() === 0)
    describe('as root, in a data directory that the system user cannot enter', () => {
      it('makes the cluster elsewhere, links it, says so, and leaves the mode as it is', async () => {
        chmodSync(dataDir, 0o700);
        await make();
        const cluster = realpathSync(join(dataDir, 'postgres'));
        expect(dirname(cluster)).toBe(CLUSTERS);
        expect(basename(cluster)).toMatch(/^[0-9a-f]{16}$/);
        expect(existsSync(`${cluster}.password`)).toBe(false);
        expect(statSync(dataDir).mode & 0o777).toBe(0o700);
        expect(statSync(CLUSTERS).uid).toBe(0);
        expect(messages).toEqual([expect.stringContaining(`the database is in ${cluster}`)]);
      });

      it('removes an interrupted cluster, but never the one in use', async () => {
        chmodSync(dataDir, 0o700);
        const abandoned = join(CLUSTERS, `spec-${process.pid}`);
        mkdirSync(abandoned, { recursive: true });
        symlinkSync(abandoned, join(dataDir, `postgres.init-${deadPid()}-0a`));
        await make();
        expect(existsSync(abandoned)).toBe(false);

        // Killed after it linked the cluster and before it removed its temporary link.
        const cluster = realpathSync(join(dataDir, 'postgres'));
        symlinkSync(cluster, join(dataDir, `postgres.init-${deadPid()}-0b`));
        await make();
        expect(readFileSync(join(cluster, 'PG_VERSION'), 'utf8')).toBe('18\n');
        expect(realpathSync(join(dataDir, 'postgres'))).toBe(cluster);
        expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres-password']);
      });
    });
});

describe('readOrCreatePassword', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'password-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('gives everyone who makes it at once the same one, of 32 random bytes, in a private file', async () => {
    const passwords = await Promise.all([1, 2, 3].map(() => readOrCreatePassword(dataDir, false)));
    expect(new Set(passwords).size).toBe(1);
    expect(Buffer.from(passwords[0] ?? '', 'base64url')).toHaveLength(32);
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['postgres-password']);
  });

  it('never replaces the password of a cluster that exists', async () => {
    await expect(readOrCreatePassword(dataDir, true)).rejects.toThrow('postgres-password is missing');
    expect(readdirSync(dataDir)).toEqual([]);
    writeFileSync(join(dataDir, 'postgres-password'), '');
    await expect(readOrCreatePassword(dataDir, true)).rejects.toThrow('postgres-password is damaged');
  });
});
