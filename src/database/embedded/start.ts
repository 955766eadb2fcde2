import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fchownSync, fstatSync, openSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries';
import { HOST, type Cluster } from './cluster';
import { hasCode } from '../../common/errors';
import { unless } from './files';
import { checkVersion } from './initialise';
import { findStalePid, interrupt, POLL_MS, STOP_TIMEOUT_MS } from './postmaster';
import type { Account } from './account';
import { childEnvironment, run } from './run';
import { serverAccount } from './system-user';

const MAX_LOG_BYTES = 10 * 1024 * 1024;
const LOG_TAIL_BYTES = 2000;
/** Another server was first, ends just now, or took the port: a matter of time. All else would fail again. */
const PASSING = /lock file ".*" already exists|pre-existing shared memory block|could not create any TCP\/IP sockets/;

/** A `postgres` process that we started. */
export interface Started {
  pid: number | undefined;
  hasExited: () => boolean;
  /** Why it ended, and whether to start it again; to be called once it has. */
  failure: () => Promise<{ reason: string; passing: boolean }>;
  /** Shuts it down, if it runs, and waits for that, within bounds. */
  stop: () => Promise<void>;
}

/**
 * Starts `postgres`, without waiting for it. It outlives this process, and Ctrl-C in its terminal; what it prints goes to
 * `<dataDir>/postgres.log`.
 * @returns `undefined` if the cluster is locked: another one runs or is about to.
 */
export async function startPostgres(cluster: Cluster, preferredPort: number): Promise<Started | undefined> {
  const account = await serverAccount(cluster.directory);
  const binaries = await findBinaries(cluster.dataDir, account);
  await checkVersion(cluster.directory, binaries);

  const lock = openPrivate(join(cluster.dataDir, 'postgres.lock'), account);
  const logPath = join(cluster.dataDir, 'postgres.log');
  try {
    if (!(await lockFile(lock))) return undefined;
    await rotate(logPath);
    const port = await freePort(preferredPort);
    const stalePid = await findStalePid(cluster.directory);
    const log = openPrivate(logPath, account);
    const logStart = fstatSync(log).size;
    const child = spawn(binaries.postgres, settings(cluster, port), {
      ...account,
      cwd: '/',
      // PostgreSQL refuses to start while the pid in its stale postmaster.pid is in use, by whatever program. This is
      // its own way to be told that a pid is not a server; it then still looks for remains of the old one.
      env: { ...childEnvironment(), PG_GRANDPARENT_PID: stalePid?.toString() },
      detached: true,
      stdio: ['ignore', log, log, lock],
      windowsHide: true,
    });
    closeSync(log);
    child.unref();
    return watch(child, logPath, logStart);
  } finally {
    closeSync(lock);
  }
}

function watch(child: ChildProcess, logPath: string, logStart: number): Started {
  let spawnError: Error | undefined;
  child.once('error', (error) => {
    spawnError = error;
  });
  const hasExited = (): boolean => spawnError !== undefined || child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid,
    hasExited,
    failure: async () => {
      const printed = await readFrom(logPath, logStart);
      const reason = spawnError?.message ?? (printed || `it ended with ${child.exitCode ?? child.signalCode}`);
      return { reason, passing: PASSING.test(printed) };
    },
    stop: async () => {
      if (child.pid !== undefined && !hasExited()) await interrupt(child.pid);
      for (const deadline = Date.now() + STOP_TIMEOUT_MS; !hasExited() && Date.now() < deadline;) await sleep(POLL_MS);
    },
  };
}

/**
 * What safety and reachability depend on; everything else is PostgreSQL's default, or in the cluster's postgresql.conf. But for one: reading through workers,
 * PostgreSQL 18's default, doubles the time of a search on a small machine, whose notes are in the system's cache.
 */
function settings({ directory, durable }: Cluster, port: number): string[] {
  const values = [`listen_addresses=${HOST}`, `port=${port}`, 'unix_socket_directories=', 'logging_collector=off'];
  values.push('io_method=sync');
  if (!durable) values.push('fsync=off', 'full_page_writes=off');
  return ['-D', directory, ...values.flatMap((value) => ['-c', value])];
}

/**
 * PostgreSQL tells a running server by its pid, which means nothing in another container with the same volume, and two
 * servers would ruin the cluster. So it inherits a lock, which lasts until its last process ends. Node cannot lock files:
 * the `flock` program locks our open file for us; where there is none (macOS, Windows), there are no shared volumes.
 */
async function lockFile(file: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const { ok, code } = await run('flock', ['-n', '-x', '3'], undefined, file);
  // flock answers 1 if the file is locked, and more if it cannot tell (a network file system without locks).
  return ok || code !== 1;
}

async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer();
    try {
      server.listen(port, HOST);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE', 'EACCES')) throw error;
    } finally {
      server.close();
    }
  }
  throw new Error(`There is no free TCP port on ${HOST} for PostgreSQL.`);
}

/** Opens a file of mode 0600 for appending, and gives it to the account: not a link, which could lead to any file of root's. */
function openPrivate(path: string, account?: Account): number {
  const file = openSync(
    path,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
    0o600,
  );
  if (account) fchownSync(file, account.uid, account.gid);
  return file;
}

async function rotate(path: string): Promise<void> {
  const { size } = (await unless(stat(path), 'ENOENT')) ?? { size: 0 };
  if (size > MAX_LOG_BYTES) await rename(path, `${path}.old`);
}

/** The end of what was written to a file since it had this length. */
async function readFrom(path: string, start: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.max(0, Math.min(size - start, LOG_TAIL_BYTES));
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}
