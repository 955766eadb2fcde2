import { Secret, TOTP } from 'otpauth';

/** RFC 6238 with what every authenticator app understands, some of them nothing else. */
const ALGORITHM = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** Codes of the step before and after are taken too: clocks differ, and people type slowly (RFC 6238, 5.2). */
const WINDOW_STEPS = 1;

/** RFC 4226, 4: 160 bits. */
const SECRET_BYTES = 20;

/** ASCII: otpauth throws at other digits. */
const CODE = /^[0-9]{6}$/;

export function newTotpSecret(): Uint8Array {
  return new Secret({ size: SECRET_BYTES }).bytes;
}

/** The secret as people type it (base32), and as apps read it from a QR code (`otpauth://`). */
export function enrolment(secret: Uint8Array, issuer: string, label: string): { secret: string; uri: string } {
  const shared = secretOf(secret);
  return { secret: shared.base32, uri: new TOTP({ issuer, label, secret: shared, ...ALGORITHM }).toString() };
}

/**
 * The time step that `code` belongs to, if it is a right one at `now` (milliseconds) and of a later step than `lastStep`; else null.
 * Each code works once (RFC 6238, 5.2). The comparison takes the same time for every code.
 */
export function stepOfCode(code: string, secret: Uint8Array, lastStep: number, now: number): number | null {
  if (!CODE.test(code)) return null;
  const options = { secret: secretOf(secret), timestamp: now, window: WINDOW_STEPS, ...ALGORITHM };
  const delta = TOTP.validate({ token: code, ...options });
  if (delta === null) return null;
  const step = TOTP.counter({ period: ALGORITHM.period, timestamp: now }) + delta;
  return step > lastStep ? step : null;
}

function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
