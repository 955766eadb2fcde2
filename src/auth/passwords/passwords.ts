import { hash, parseOptions, verify } from '@node-rs/argon2';
import { HashSlots } from './hash-slots';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default), 19 MiB, 2 passes, 1 lane. Memory is in KiB. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Half of the thread pool, and a queue that is through within a second or two. */
const slots = new HashSlots(2, 100);

/** A hash of a password that nobody has: verified against when there is no account, so that both answers take as long. */
const NOBODY = hash('no account has this password', PARAMETERS);

/**
 * Argon2id in PHC format; runs on the thread pool, not on the event loop. NFKC, so that every keyboard types the same password.
 * @throws ProblemError 503 `unavailable` when too many wait to be hashed.
 */
export function hashPassword(password: string): Promise<string> {
  return slots.run(() => hash(password.normalize('NFKC'), PARAMETERS));
}

/** Whether `password` is the one of `passwordHash`; takes as long when there is no hash. @throws ProblemError 503, as `hashPassword` */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const known = passwordHash ?? (await NOBODY);
  const matches = await slots.run(() => verify(known, password.normalize('NFKC')));
  return matches && typeof passwordHash === 'string';
}

/** Whether a hash was made with less than today's parameters: then it is made anew when its password is next seen. */
export function needsRehash(passwordHash: string): boolean {
  const { algorithm, memoryCost, timeCost } = parseOptions(passwordHash);
  return algorithm !== ARGON2ID || memoryCost < PARAMETERS.memoryCost || timeCost < PARAMETERS.timeCost;
}

/** `Algorithm.Argon2id`: the package's enum exists in its types only. */
const ARGON2ID = 2;
