import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { deriveKey } from '../../common/encryption';

export const RECOVERY_CODES = 10;

/** Crockford's base32: no letter that is taken for a digit or another letter. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 10;

/** Ten codes of 50 random bits, such as `7k2qm-x9d4t`. */
export function newRecoveryCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES) codes.add(newRecoveryCode());
  return [...codes];
}

/** A code as it is compared: without case, blanks and hyphens, and with what was misread put right; null when it cannot be a recovery code. */
export function readRecoveryCode(typed: string): string | null {
  const code = typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return code.length === LENGTH && [...code].every((letter) => ALPHABET.includes(letter)) ? code : null;
}

/**
 * What may be stored of a code: one hash for each of the server's secrets, the one for new codes first. Keyed, since 50 bits could be tried through by
 * whoever has only a copy of the database; and of the user, so that equal codes look different.
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
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
}
