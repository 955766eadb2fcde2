import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPackage } from './binaries';
import { hasCode } from '../../common/errors';
import { unless } from './files';
import { isAlive, run } from './run';

export const STOP_TIMEOUT_MS = 30_000;
export const POLL_MS = 10;

/** The main process of a PostgreSQL server, as its `postmaster.pid` tells. */
export interface Postmaster {
  pid: number;
  port: number;
  /** It accepts connections, or did before it crashed. */
  ready: boolean;
  /** It is proven that this process runs this cluster. If not, the file may be stale and the pid another program's. */
  certain: boolean;
}

/** The process that runs, or may run, this cluster; `undefined` if there is certainly none. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const file = await readPidFile(cluster);
  if (!file) return undefined;
  const runs = await runsCluster(file.pid, cluster);
  return runs === false ? undefined : { ...file, certain: runs === true };
}

/** The pid in a `postmaster.pid` whose server is dead, whatever else may have that pid by now. */
export async function findStalePid(cluster: string): Promise<number | undefined> {
  const file = await readPidFile(cluster);
  return file && (await runsCluster(file.pid, cluster)) === false ? file.pid : undefined;
}

/**
 * Fast shutdown: ends sessions, writes everything, and waits until another server may start.
 * @returns false if it is not to be found (its directory was moved), or takes longer than 30 s: the shutdown then goes on.
 */
export async function stopPostmaster(cluster: string): Promise<boolean> {
  const postmaster = await findPostmaster(cluster);
  if (!postmaster) return false;
  await interrupt(postmaster.pid);

  for (const deadline = Date.now() + STOP_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if ((await findPostmaster(cluster))?.pid !== postmaster.pid) return true;
  }
  return false;
}

/** SIGINT asks for a fast shutdown; Windows has no signals, and PostgreSQL a substitute. */
export async function interrupt(pid: number): Promise<void> {
  if (process.platform === 'win32') {
    await run(join(findPackage(), 'native', 'bin', 'pg_ctl.exe'), ['kill', 'INT', String(pid)]);
  } else if (isAlive(pid)) {
    process.kill(pid, 'SIGINT');
  }
}

/** Lines of the file: pid, data directory, start time, port, socket directory, address, shared memory, status. */
async function readPidFile(cluster: string): Promise<Omit<Postmaster, 'certain'> | undefined> {
  const text = await unless(readFile(join(cluster, 'postmaster.pid'), 'utf8'), 'ENOENT');
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  // Half-written files count as none: PostgreSQL itself refuses to start twice.
  return pid > 0 && port > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : undefined;
}

/** PostgreSQL works in its data directory: on Linux this tells whether a pid is still the server's. */
async function runsCluster(pid: number, cluster: string): Promise<boolean | 'unknown'> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return 'unknown';
  try {
    const [theirs, ours] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(cluster)]);
    return theirs.dev === ours.dev && theirs.ino === ours.ino;
  } catch (error) {
    // No working directory: it has ended, and waits for its parent to notice.
    if (hasCode(error, 'ENOENT')) return false;
    // In a container, root may not look at other users' processes.
    if (hasCode(error, 'EACCES', 'EPERM')) return 'unknown';
    throw error;
  }
}
