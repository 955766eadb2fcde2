import type { PageErrorCode } from './page-paths';

interface ErrorText {
  title: string;
  text: string;
}

/** What went wrong at a provider, and what to do, for whoever sees it. */
const TEXTS: Record<PageErrorCode, ErrorText> = {
  'access-denied': {
    title: 'You were not signed in',
    text: 'You, or the provider, said no. Nothing was changed; you can try again, or sign in another way.',
  },
  'provider-error': {
    title: 'The provider did not answer as it should',
    text: 'Try again in a few minutes, or sign in another way.',
  },
  'state-invalid': {
    title: 'This sign-in was not begun here',
    text: 'It took too long, was used already, or began in another browser. Begin again where you wanted to sign in.',
  },
  'email-unverified': {
    title: 'Your address is not verified',
    text: 'The provider has not verified your e-mail address. Verify it there, then try again.',
  },
  'link-required': {
    title: 'You have an account already',
    text: 'An account has the address that the provider gave. Sign in to it the way you always do, then link the provider in your settings.',
  },
  'registration-closed': {
    title: 'New accounts are not open to everybody',
    text: 'There is no account for you on this server. Ask whoever runs it for an invitation.',
  },
  'identity-taken': {
    title: 'It belongs to another account',
    text: 'This account at the provider signs in to another account here. Unlink it there first.',
  },
  'account-disabled': {
    title: 'This account is disabled',
    text: 'An administrator has disabled it. Write to whoever runs this server.',
  },
  'too-many-requests': { title: 'Too many attempts', text: 'Wait a minute, then try again.' },
  unavailable: { title: 'Not available right now', text: 'Try again in a moment.' },
};

const UNKNOWN: ErrorText = {
  title: 'You were not signed in',
  text: 'Something went wrong. Try again, or sign in another way.',
};

/** The text for a code; a general one for a code that is not ours. Nothing of the code itself is shown: anybody can write a link. */
export function errorText(code: string | undefined): ErrorText {
  return new Map<string | undefined, ErrorText>(Object.entries(TEXTS)).get(code) ?? UNKNOWN;
}
