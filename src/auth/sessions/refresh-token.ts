import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';

const PREFIX = 'cmr_';
const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;

/**
 * A session's first refresh token: its id, 256 random bits, and a tag of the server's key, in base64url. By the tag, any token that was ever
 * given out can be told from one that is made up, though only the hashes of the last two are stored.
 */
export function newRefreshToken(sessionId: string, key: KeyObject): string {
  return seal(sessionId, randomBytes(SECRET_BYTES), key);
}

/**
 * The token that follows `token`, derived with the server's key: a client that repeats a refresh whose answer was lost gets the same
 * successor, though only hashes are stored.
 */
export function successorOf(token: string, sessionId: string, key: KeyObject): string {
  return seal(sessionId, mac(key, 'refresh-token-successor', token), key);
}

/** The session that `token` was given to, whenever that was; undefined when none of `keys` made its tag. */
export function sessionOf(token: string, keys: readonly KeyObject[]): string | undefined {
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  if (!token.startsWith(PREFIX) || bytes.length !== ID_BYTES + SECRET_BYTES + TAG_BYTES) return undefined;
  const content = bytes.subarray(0, -TAG_BYTES);
  const tag = bytes.subarray(-TAG_BYTES);
  return keys.some((key) => timingSafeEqual(tagOf(content, key), tag))
    ? stringify(bytes.subarray(0, ID_BYTES))
    : undefined;
}

function seal(sessionId: string, secret: Buffer, key: KeyObject): string {
  const content = Buffer.concat([parse(sessionId), secret]);
  return PREFIX + Buffer.concat([content, tagOf(content, key)]).toString('base64url');
}

function tagOf(content: Buffer, key: KeyObject): Buffer {
  return mac(key, 'refresh-token-tag', content).subarray(0, TAG_BYTES);
}

/** HMAC-SHA-256; `use` keeps the server's one key from meaning two things. */
function mac(key: KeyObject, use: string, content: string | Buffer): Buffer {
  return createHmac('sha256', key).update(use).update('\0').update(content).digest();
}
