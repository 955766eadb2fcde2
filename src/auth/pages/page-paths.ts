/** Where a sign-in at a provider lands when the client named no page of its own; takes `?code=`. */
export const SIGNED_IN_PAGE = '/account/signed-in';

/** Tells a person what went wrong, and what to do; takes `?code=`, a `PageErrorCode`. */
export const ERROR_PAGE = '/account/error';

export const VERIFY_EMAIL_PAGE = '/account/verify-email';

export const RESET_PASSWORD_PAGE = '/account/reset-password';

export const INVITATION_PAGE = '/account/invitation';

/** What the error page has words for. */
export type PageErrorCode =
  | 'access-denied'
  | 'provider-error'
  | 'state-invalid'
  | 'email-unverified'
  | 'link-required'
  | 'registration-closed'
  | 'identity-taken'
  | 'account-disabled'
  | 'too-many-requests'
  | 'unavailable';
