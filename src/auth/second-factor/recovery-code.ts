import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { deriveKey } from '../../common/encryption';

export const RECOVERY_CODES = 10;

/** Crockford's base32: no letter that is taken for a digit or another letter. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 120 bits: a secret of less than 112 is not to be kept as a plain hash (ASVS 5.0, 6.5.2). */
const LENGTH = 24;
const GROUP = 4;

/** Of codes that were made when they had 50 bits; they work until they are replaced. */
const FORMER_LENGTH = 10;

/** Ten codes of 120 random bits, such as `7k2q-mx9d-4t0b-vw3e-hc8n-5rjz`. */
export function newRecoveryCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES) codes.add(newRecoveryCode());
  return [...codes];
}

/** A code as it is compared: without case, blanks and hyphens, and with what was misread put right; null when it cannot be a recovery code. */
export function readRecoveryCode(typed: string): string | null {
  const code = typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  const isOfLength = code.length === LENGTH || code.length === FORMER_LENGTH;
  return isOfLength && [...code].every((letter) => ALPHABET.includes(letter)) ? code : null;
}

/**
 * What may be stored of a code: one hash for each of the server's secrets, the one for new codes first. Keyed, since the 50 bits of former codes could be
 * tried through by whoever has only a copy of the database; and of the user, so that equal codes look different.
 */
export class RecoveryCodeHashes {
  private readonly keys: Buffer[];

  constructor(secrets: readonly KeyObject[]) {
    this.keys = secrets.map((secret) => deriveKey(secret, 'recovery-codes'));
  }

  of(code: string, userId: string): Buffer[] {
    return this.keys.map((key) =>
      createHmac('sha256', key)
        .update(`${userId}\0${readRecoveryCode(code) ?? ''}`)
        .digest(),
    );
  }
}

function newRecoveryCode(): string {
  // 256 is a multiple of 32: every letter is as likely.
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
  return Array.from({ length: LENGTH / GROUP }, (_, at) => letters.slice(at * GROUP, (at + 1) * GROUP)).join('-');
}
