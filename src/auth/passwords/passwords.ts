import { hash, verify } from '@node-rs/argon2';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default), 19 MiB, 2 passes, 1 lane. Memory is in KiB. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash of a password that nobody has: verified against when there is no account, so that both answers take as long. */
const NOBODY = hash('no account has this password', PARAMETERS);

/** Argon2id in PHC format; runs on the thread pool, not on the event loop. NFKC, so that every keyboard types the same password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), PARAMETERS);
}

/** Whether `password` is the one of `passwordHash`; takes as long when there is no hash. */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await NOBODY), password.normalize('NFKC'));
  return matches && typeof passwordHash === 'string';
}
