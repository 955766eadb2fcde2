import { randomBytes } from 'node:crypto';
import { link, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, unless, writePrivateFile } from './files';
import { remove, temporaryName } from './leftovers';

/** What is half-made in the data directory. */
export const TEMPORARY_PREFIX = 'postgres.init-';

/**
 * The password of the cluster's only user, from `<dataDir>/postgres-password` (mode 0600), which is made with the
 * cluster. Processes that make it at once end up with the same one: linking a name succeeds for one of them only.
 * @param initialised Whether the cluster existed before this call: it then has a password, which must not be replaced.
 */
export async function readOrCreatePassword(dataDir: string, initialised: boolean): Promise<string> {
  const path = join(dataDir, 'postgres-password');
  const known = await unless(readFile(path, 'utf8'), 'ENOENT');
  if (known !== undefined) return validated(known, path);
  if (initialised) {
    throw new Error(
      `${path} is missing, and the database beside it does not open without it: restore that file, or the whole data directory, from a backup.`,
    );
  }
  const temporary = temporaryName(dataDir, TEMPORARY_PREFIX);
  try {
    await writePrivateFile(temporary, `${randomBytes(32).toString('base64url')}\n`);
    await unless(link(temporary, path), 'EEXIST');
  } finally {
    await remove(temporary);
  }
  await syncDirectory(dataDir);
  return validated(await readFile(path, 'utf8'), path);
}

function validated(text: string, path: string): string {
  const password = text.trim();
  // It is put into a URL as it is.
  if (!/^[\w-]{32,}$/.test(password)) throw new Error(`${path} is damaged: restore it from a backup.`);
  return password;
}
