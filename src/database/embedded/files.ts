import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { hasCode } from '../../common/errors';
import type { Account } from './account';

/** Where a server that root started keeps what its system user must reach. */
export const SYSTEM_DIR = '/var/lib/commonplace';

/** The promise's value, or `undefined` if it fails with one of these codes. */
export async function unless<T>(promise: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}

/** Makes the names in a directory survive a crash of the machine; where that is not possible (as on Windows), like PostgreSQL, goes on. */
export async function syncDirectory(path: string): Promise<void> {
  const impossible = ['EACCES', 'EPERM', 'EISDIR', 'EBADF', 'EINVAL'];
  const handle = await unless(open(path, 'r'), ...impossible);
  if (handle) await unless(handle.sync(), ...impossible).finally(() => handle.close());
}

/** Writes a file (mode 0600) that survives a crash of the machine once its directory is synced, too. */
export async function writePrivateFile(path: string, text: string, account?: Account): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    if (account) await handle.chown(account.uid, account.gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a directory below `/var/lib/commonplace` that every user may enter and none but root may change.
 * @throws Error if what is there belongs to someone who could plant other programs or data in it.
 */
export async function ensureSystemDirectory(path: string, account: Account): Promise<string> {
  const made = await mkdir(path, { recursive: true });
  for (const directory of new Set([SYSTEM_DIR, path])) {
    // The umask may have taken away what other users need to enter.
    if (made && directory.startsWith(made)) await chmod(directory, 0o755);
    const { uid, mode } = await stat(directory);
    if ((uid !== 0 && uid !== account.uid) || (mode & 0o022) !== 0) {
      throw new Error(
        `${directory} must belong to root and be writable by root only: run "chown root: ${directory}; chmod 755 ${directory}".`,
      );
    }
  }
  return path;
}
