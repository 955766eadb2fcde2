import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../common/errors';

const LENGTH = 64;

/**
 * The secret kept in `<dataDir>/<name>` (mode 600), made up at the first call: 48 random bytes, base64url.
 * Two processes that start at once agree, also in two containers: the file appears whole, by a hard link, and the first one wins.
 * @throws Error when it cannot be kept or is damaged.
 */
export function keptSecret(dataDir: string, name: string): string {
  const path = join(dataDir, name);
  const kept = readSecret(path);
  if (kept !== undefined) return kept;
  // What is kept here is nobody else's; the embedded database's system user, if there is one, must be let through.
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeDurably(draft, randomBytes(48).toString('base64url'));
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const made = readSecret(path);
  if (made === undefined) throw new Error(`${path} was removed while it was made`);
  return made;
}

function readSecret(path: string): string | undefined {
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  if (secret.length < LENGTH) {
    throw new Error(`${path} is damaged: restore it, or remove it (everyone then signs in again)`);
  }
  return secret;
}

/** On disk before it gets its name: after a power cut it is whole or not there. */
function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
