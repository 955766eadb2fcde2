import { createHash, randomBytes } from 'node:crypto';

/** A secret that nobody can guess: a prefix that says what it is, and 256 random bits in base64url. */
export function newSecretToken(prefix: string): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** What is stored of a secret. A plain SHA-256 is enough for one of 256 random bits. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
