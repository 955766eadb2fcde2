import { isEmailAddress } from '../../common/email-address';
import { textProblem } from '../../common/text';
import type { ProviderId } from '../../config/provider-settings';

/** What the browser keeps between the two halves of a sign-in, for the provider to check: see `FlowCookies`. */
export interface FlowSecrets {
  /** PKCE (RFC 7636). */
  verifier: string;
  /** OpenID Connect Core, 3.1.2.1. */
  nonce?: string;
}

/** The first half of a sign-in: where the browser goes, and what it keeps. */
export interface Begun {
  location: string;
  secrets: FlowSecrets;
}

/** What a provider says of the person who signed in there. */
export interface ProviderProfile {
  /** The provider's id of the account; never given to another. */
  subject: string;
  email: string | null;
  /** Whether the provider says that the address is this person's. */
  emailVerified: boolean;
  name: string | null;
}

/** A provider to sign in with. Both halves throw when it is away or answers what it must not. */
export interface Provider {
  readonly id: ProviderId;
  /** What people read on the button. */
  readonly name: string;
  /** Where to send the browser, and what to keep in it. */
  begin(state: string): Promise<Begun>;
  /** Who the browser that came back with these parameters is of. */
  finish(query: Record<string, string>, state: string, secrets: FlowSecrets): Promise<ProviderProfile>;
}

/** What a provider answered, before anybody has looked at it. */
export type RawProfile = { [Field in keyof ProviderProfile]: unknown };

/**
 * A profile that can be stored. What is not well-formed counts as not said, save the subject.
 * @throws Error when there is no subject
 */
export function profileFrom({ subject, email, emailVerified, name }: RawProfile): ProviderProfile {
  const id = Number.isSafeInteger(subject) ? String(subject) : subject;
  if (typeof id !== 'string' || id === '' || textProblem(id, { multiline: false, maxCodePoints: 255 }) !== null) {
    throw new Error('The provider does not say which account it is');
  }
  const address = isEmailAddress(email) ? email : null;
  return {
    subject: id,
    email: address,
    emailVerified: address !== null && emailVerified === true,
    name: nameFrom(name),
  };
}

function nameFrom(name: unknown): string | null {
  if (typeof name !== 'string') return null;
  const start = Array.from(name.trim()).slice(0, 200).join('').trim();
  return start === '' || textProblem(start, { multiline: false, maxCodePoints: 200 }) !== null ? null : start;
}
