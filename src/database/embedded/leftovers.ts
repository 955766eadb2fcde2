import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unless } from './files';
import { isAlive } from './run';

const underWay = new Set<string>();

/** A new name for something half-made; `removeLeftovers` with the same prefix removes it if its process dies. */
export function temporaryName(directory: string, prefix: string): string {
  const name = `${prefix}${process.pid}-${randomBytes(6).toString('hex')}`;
  underWay.add(name);
  return join(directory, name);
}

/**
 * Removes what processes that were killed left half-made under `temporaryName`s.
 * @param beforeRemoval Is given each leftover's path, to remove what it refers to.
 */
export async function removeLeftovers(
  directory: string,
  prefix: string,
  beforeRemoval?: (path: string) => Promise<void>,
): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(prefix) || isUnderWay(name)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    // In a container, a restarted server has the pid of the one that died; `underWay` tells them apart.
    if (pid !== process.pid && isAlive(pid)) continue;
    // Renaming claims it: should its maker be alive after all (in another container), it cannot publish it any more.
    const claimed = temporaryName(directory, prefix);
    await unless(rename(join(directory, name), claimed), 'ENOENT');
    await beforeRemoval?.(claimed);
    await remove(claimed);
  }
}

/** Whether this process is making it, or something that belongs to it (`<name>.password`). */
function isUnderWay(name: string): boolean {
  return [...underWay].some((ours) => name.startsWith(ours));
}

/** Removes a file, a link (not what it points to) or a whole directory, if it is there. */
export async function remove(path: string): Promise<void> {
  // Retried, because an initdb that outlived its process may still be writing into it.
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  underWay.delete(basename(path));
}
