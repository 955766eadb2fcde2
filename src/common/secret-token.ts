import { createHash, randomBytes } from 'node:crypto';

/** A secret that nobody can guess: a prefix that says what it is, and random bits (256 unless `bytes` says otherwise) in base64url. */
export function newSecretToken(prefix: string, bytes = 32): string {
  return prefix + randomBytes(bytes).toString('base64url');
}

/** What is stored of a secret. A plain SHA-256 is enough for one of 128 random bits and more. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
