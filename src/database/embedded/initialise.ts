import { randomBytes } from 'node:crypto';
import { chown, lstat, mkdir, readdir, readFile, readlink, realpath, rename, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findBinaries, type Binaries } from './binaries';
import { USER, type Cluster } from './cluster';
import { hasCode } from '../../common/errors';
import { ensureSystemDirectory, SYSTEM_DIR, syncDirectory, unless, writePrivateFile } from './files';
import { remove, removeLeftovers, temporaryName } from './leftovers';
import { TEMPORARY_PREFIX } from './password';
import type { Account } from './account';
import { run } from './run';
import { canEnter, serverAccount } from './system-user';

/** Clusters whose data directory PostgreSQL's system user cannot enter. */
const CLUSTERS = join(SYSTEM_DIR, 'clusters');

/** Where a data directory's cluster is, or a link to it. */
export function clusterPath(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/**
 * What pg_trgm and full-text search take for letters, the first that the machine has: with `C`, these do not know any that
 * are not ASCII (pg_trgm drops them). Nothing else depends on it.
 */
const CTYPES = ['C.UTF-8', 'en_US.UTF-8', 'C'];

/**
 * Whether the data directory has a cluster.
 * @throws Error if something else is in its place, or what it links to is gone.
 */
export async function isInitialised(dataDir: string): Promise<boolean> {
  const path = clusterPath(dataDir);
  if (!(await unless(lstat(path), 'ENOENT'))) return false;
  const names = await unless(readdir(path), 'ENOENT');
  if (!names) {
    throw new Error(
      `${path} points to ${await readlink(path)}, which is gone: put it back, or, to start with an empty database, remove ${path}.`,
    );
  }
  if (names.length === 0) return false;
  if (!names.includes('PG_VERSION'))
    throw new Error(`${path} holds something else than a PostgreSQL cluster: move it away.`);
  return true;
}

/** @throws Error if the cluster was made by another major version than the one that would run it. */
export async function checkVersion(cluster: string, { major }: Binaries): Promise<void> {
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (version === major) return;
  throw new Error(
    `The database in ${cluster} was made by PostgreSQL ${version}; this release of Commonplace brings PostgreSQL ${major}, which cannot read it. ` +
      "Start the release that you used before, dump its database with pg_dump, move the directory away, and load the dump into this one's.",
  );
}

/**
 * Makes the cluster: under a temporary name first, so that a crash leaves nothing half-made. If another process makes one
 * at the same time, the first to be complete stays. Root's cluster is owned by the system user; where that user cannot
 * enter the data directory, it is made in `/var/lib/commonplace/clusters` and linked.
 */
export async function initialise(options: Omit<Cluster, 'directory'>): Promise<void> {
  const { dataDir, log } = options;
  const path = clusterPath(dataDir);
  const account = await serverAccount(path);
  const { initdb } = await findBinaries(dataDir, account);
  await removeLeftovers(dataDir, TEMPORARY_PREFIX, (leftover) => removeLinked(leftover, path));

  const temporary = temporaryName(dataDir, TEMPORARY_PREFIX);
  const linked = account !== undefined && !(await canEnter(dataDir, account));
  const directory = linked
    ? join(await ensureSystemDirectory(CLUSTERS, account), randomBytes(8).toString('hex'))
    : temporary;
  try {
    // Linked before it is made, so that it is found and removed should we die.
    if (linked) await symlink(directory, temporary);
    await mkdir(directory, { mode: 0o700 });
    if (account) await chown(directory, account.uid, account.gid);
    await runInitdb(initdb, directory, options, account);
    await publish(directory, path, linked);
    if (linked) {
      log(
        'warn',
        `The system user of PostgreSQL cannot enter ${dataDir}: the database is in ${directory}, and ${path} is a link to it. Back up both.`,
      );
    }
  } catch (error) {
    // Another process was first. Windows calls it EPERM.
    if (!hasCode(error, 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EPERM') || !(await isInitialised(dataDir))) throw error;
  } finally {
    await removeLinked(temporary, path);
    await remove(temporary);
  }
}

async function runInitdb(
  initdb: string,
  directory: string,
  { password, durable, log, onWait }: Omit<Cluster, 'directory'>,
  account?: Account,
): Promise<void> {
  const passwordFile = `${directory}.password`;
  await writePrivateFile(passwordFile, `${password}\n`, account);
  try {
    let output = '';
    for (const ctype of CTYPES) {
      const made = run(initdb, initdbArguments(directory, passwordFile, ctype, durable), account);
      onWait?.();
      const result = await made;
      if (result.ok) {
        if (ctype === 'C') log('warn', 'This machine has no UTF-8 locale: search only knows parts of ASCII words.');
        return;
      }
      output = result.output;
      if (!output.includes('invalid locale name')) break;
    }
    throw new Error(
      `PostgreSQL could not make a database in ${directory}: ${output.split('\n').slice(-10).join('\n')}`,
    );
  } finally {
    await remove(passwordFile);
  }
}

function initdbArguments(directory: string, passwordFile: string, ctype: string, durable: boolean): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorts and folds by Unicode's own tables: the same on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    `--lc-ctype=${ctype}`,
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

/** Gives the complete cluster its name. Fails if there is one already. */
async function publish(directory: string, path: string, linked: boolean): Promise<void> {
  // An empty directory counts as none.
  await unless(rmdir(path), 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR');
  await (linked ? symlink(directory, path) : rename(directory, path));
  await syncDirectory(dirname(directory));
  await syncDirectory(dirname(path));
}

/** Removes what a temporary link points to, unless that has become the cluster. */
async function removeLinked(temporary: string, path: string): Promise<void> {
  const target = await unless(readlink(temporary), 'ENOENT', 'EINVAL');
  if (target === undefined || dirname(target) !== CLUSTERS) return;
  if ((await unless(realpath(path), 'ENOENT')) === target) return;
  await remove(`${target}.password`);
  await remove(target);
}
