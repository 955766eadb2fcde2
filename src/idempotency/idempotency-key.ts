import { MalformedRequestError } from '../common/problem';

export const IDEMPOTENCY_KEY = 'idempotency-key';

// A string of a structured field (RFC 8941, 3.3.3), as the draft has it; or, as many clients send it, the same without quotes, where it needs none.
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;
const BARE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

const LONGEST = 255;

/** The key that a header names. @throws MalformedRequestError */
export function parseIdempotencyKey(header: string): string {
  const given = header.trim();
  const key = BARE.test(given) ? given : QUOTED.exec(given)?.[1]?.replace(/\\(.)/g, '$1');
  if (key !== undefined && key.length <= LONGEST) return key;
  throw new MalformedRequestError(`Idempotency-Key must be a string such as "8e03978e", of 1 to ${LONGEST} characters`);
}
