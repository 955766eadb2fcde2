import type { AccessRule } from '../../common/access';
import type { AuthenticatedUser } from '../../common/current-user';
import { ForbiddenError, NotFoundError, type ProblemError } from '../../common/problem';
import type { Config } from '../../config/config';

export type AccessSettings = Pick<Config, 'FRESH_SIGN_IN_SECONDS' | 'UNVERIFIED_ACCESS'>;

const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** Why a user may not call a route with this rule and method; undefined when they may. Looks at what the credential says only: no query. */
export function accessRefusal(
  rule: AccessRule,
  user: AuthenticatedUser,
  method: string,
  settings: AccessSettings,
): ProblemError | undefined {
  return ruleRefusal(rule, user, settings) ?? (user.emailVerified ? undefined : unverified(rule, method, settings));
}

function ruleRefusal(
  rule: AccessRule,
  { role, credential }: AuthenticatedUser,
  { FRESH_SIGN_IN_SECONDS }: AccessSettings,
): ProblemError | undefined {
  if (rule.kind === 'any') return undefined;
  if (rule.kind === 'scope') {
    const isAllowed = credential.kind === 'session' || credential.scopes.includes(rule.scope);
    return isAllowed ? undefined : lacks(rule.scope);
  }
  // Only administrators may know that there is something.
  if (rule.kind === 'admin' && (role !== 'admin' || credential.kind !== 'session')) return new NotFoundError('route');
  if (credential.kind !== 'session') {
    return new ForbiddenError('session-required', 'Access tokens cannot do this: sign in');
  }
  const age = Date.now() - credential.authenticatedAt.getTime();
  if (!rule.fresh || age <= FRESH_SIGN_IN_SECONDS * 1_000) return undefined;
  return new ForbiddenError(
    'fresh-sign-in-required',
    'Prove who you are first: POST /api/v1/auth/reauthenticate, or sign in again',
  );
}

/** What concerns the account itself is always open, so that the address can be verified, or another one set. */
function unverified(rule: AccessRule, method: string, { UNVERIFIED_ACCESS }: AccessSettings): ProblemError | undefined {
  if (UNVERIFIED_ACCESS === 'full' || (UNVERIFIED_ACCESS === 'read' && SAFE_METHODS.has(method))) return undefined;
  if (rule.kind === 'any' || rule.kind === 'session') return undefined;
  if (rule.kind === 'scope' && rule.scope === 'account:read') return undefined;
  return new ForbiddenError(
    'email-not-verified',
    'Verify your e-mail address first, by the link in the mail; POST /api/v1/auth/email/verification sends another. A session then needs a new access token: POST /api/v1/auth/refresh',
  );
}

/** RFC 6750, 3.1. */
function lacks(scope: string): ForbiddenError {
  return new ForbiddenError('insufficient-scope', `The access token lacks the scope ${scope}`, {
    extensions: { scope },
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}
