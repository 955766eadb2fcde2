import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a personal access token begins with; a JWT never does. */
export const ACCESS_TOKEN_PREFIX = 'cmp_';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const FORM = /^cmp_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/**
 * A new personal access token, in the form that GitHub gave to its own: a prefix, 30 random characters of base62 (178 bits), and the CRC-32 of those
 * as six more. By the prefix, scanners find one that leaked; by the checksum, they need not ask anybody whether it is one.
 */
export function newAccessToken(): string {
  const secret = Array.from({ length: SECRET_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return ACCESS_TOKEN_PREFIX + secret + checksumOf(secret);
}

/** Whether `token` has the form of an access token and its checksum is right: one that is mistyped or made up needs no query. */
export function isAccessToken(token: string): boolean {
  const [, secret, checksum] = FORM.exec(token) ?? [];
  return secret !== undefined && checksum === checksumOf(secret);
}

/** What tells a user's tokens apart without giving them away. */
export function hintOf(token: string): string {
  return token.slice(-4);
}

/** CRC-32 (that of zlib, RFC 1952) in base62, most significant digit first, padded with zeros. */
function checksumOf(secret: string): string {
  let rest = crc32(secret);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = (ALPHABET[rest % ALPHABET.length] ?? '') + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
