import { codePointLength } from '../../common/text';
import { isListed } from './common-passwords';

/** Why a password may not be used: the rule, and the words for it. */
export interface PasswordFault {
  code: 'isPassword' | 'commonPassword' | 'isAddress' | 'isPresentPassword';
  detail: string;
}

export const LENGTH_FAULT: PasswordFault = { code: 'isPassword', detail: 'must be 12 to 128 characters' };

const MALFORMED_FAULT: PasswordFault = {
  code: 'isPassword',
  detail: 'must be well-formed Unicode, without half a surrogate pair',
};

const COMMON_FAULT: PasswordFault = {
  code: 'commonPassword',
  detail: 'must not be one of the commonest passwords, nor one of them repeated or filled up: try a few random words',
};

const ADDRESS_FAULT: PasswordFault = { code: 'isAddress', detail: 'must not be the e-mail address or a part of it' };

export const PRESENT_FAULT: PasswordFault = {
  code: 'isPresentPassword',
  detail: 'must not be the present password',
};

/** What everybody thinks of first here (ASVS 6.1.2). */
const PRODUCT = 'commonplace';

/** 12 to 128 characters of any script (NIST SP 800-63B counts code points, after NFKC). */
export function isLongEnough(password: string): boolean {
  if (password.length > 1_000) return false;
  const length = codePointLength(password.normalize('NFKC'));
  return length >= 12 && length <= 128;
}

/**
 * What is wrong with a new password for the account of `email`; null when it is good. NIST SP 800-63B, 3.1.1.2 and ASVS 6.2.4, 6.2.11: no rules of
 * composition, but none of the commonest passwords, and nothing that is known of the account.
 */
export function passwordFault(password: string, email: string): PasswordFault | null {
  if (!isLongEnough(password)) return LENGTH_FAULT;
  // UTF-8 has no half surrogate pairs: all would be hashed as the same character.
  if (!password.isWellFormed()) return MALFORMED_FAULT;
  const folded = fold(password);
  if (isTrivial(folded)) return COMMON_FAULT;
  const variants = variantsOf(folded);
  const address = fold(email);
  const known = new Set([address, address.slice(0, address.lastIndexOf('@'))]);
  if (variants.some((variant) => known.has(variant))) return ADDRESS_FAULT;
  return variants.some((variant) => variant === PRODUCT || isListed(variant)) ? COMMON_FAULT : null;
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Hardly any different characters, or each the next of the one before, up or down: `aaaaaaaaaaaa`, `abcdefghijkl`, `098765432109`. */
function isTrivial(folded: string): boolean {
  const points = Array.from(folded, (character) => character.codePointAt(0) ?? 0);
  if (new Set(points).size <= 2) return true;
  const steps = points.slice(1).map((point, index) => step(points[index] ?? 0, point));
  return new Set(steps).size === 1 && Math.abs(steps[0] ?? 0) === 1;
}

/** From one character to the next; of digits, 0 comes after 9. */
function step(from: number, to: number): number {
  const isWrap = isDigit(from) && isDigit(to) && Math.abs(to - from) === 9;
  return isWrap ? Math.sign(from - to) : to - from;
}

function isDigit(point: number): boolean {
  return point >= 0x30 && point <= 0x39;
}

/** What a password comes down to: itself, what it repeats, and what is left without digits, signs or one repeated character around it. */
function variantsOf(folded: string): string[] {
  const period = folded.slice(0, periodOf(folded));
  const bare = folded.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const [, start = folded, last = ''] = /^(.*?)(.)\2{2,}$/su.exec(folded) ?? [];
  const filled = [start, start + last];
  return [...new Set([folded, period, period + period, bare, bare.slice(0, periodOf(bare)), ...filled])].filter(
    (variant) => variant.length > 1,
  );
}

/** The length of the shortest beginning that, repeated (the last time perhaps in part), is the whole text (Knuth, Morris, Pratt). */
function periodOf(text: string): number {
  const borders = [0];
  for (let at = 1, border = 0; at < text.length; at += 1) {
    while (border > 0 && text[at] !== text[border]) border = borders[border - 1] ?? 0;
    if (text[at] === text[border]) border += 1;
    borders.push(border);
  }
  return text.length - (borders.at(-1) ?? 0);
}
