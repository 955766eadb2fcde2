import { createHash, createHmac, type KeyObject, randomBytes } from 'node:crypto';

const PREFIX = 'cmr_';

/** A refresh token: 256 random bits. */
export function newRefreshToken(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/**
 * The token that follows `token`, derived with the server's key: a client that repeats a refresh whose answer was lost gets the same
 * successor, though only hashes are stored.
 */
export function successorOf(token: string, key: KeyObject): string {
  return (
    PREFIX + createHmac('sha256', key).update('refresh-token-successor').update('\0').update(token).digest('base64url')
  );
}

/** What is stored. A plain SHA-256 is enough for a secret of 256 random bits. */
export function refreshTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
