import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { problemWith } from './problem.decorator';
import type { Scope } from './scopes';

export const ACCESS_RULE = 'commonplace:access';

/** Who may call a route that is not public. Every such route says it, or one of its controller's decorators does; a test holds that. */
export type AccessRule =
  /** A session, or an access token with the scope. */
  | { kind: 'scope'; scope: Scope }
  /** Any valid credential. */
  | { kind: 'any' }
  /** A session only: no access token may manage the account. `fresh`: one whose user has just proved who they are. */
  | { kind: 'session'; fresh: boolean }
  /** The session of an administrator; `fresh` as above. */
  | { kind: 'admin'; fresh: boolean };

type Access = MethodDecorator & ClassDecorator;

/** For sessions, and for access tokens that have the scope. */
export const RequireScope = (scope: Scope): Access =>
  applyDecorators(
    rule({ kind: 'scope', scope }),
    ApiBearerAuth('bearer'),
    ApiForbiddenResponse({
      description: `\`insufficient-scope\`: the access token lacks \`${scope}\`; or \`email-not-verified\``,
    }),
  );

/** For whoever is signed in or has an access token, whatever its scopes. */
export const AnyCredential = (): Access => applyDecorators(rule({ kind: 'any' }), ApiBearerAuth('bearer'));

/** For sessions only. With `fresh`, the user must have proved who they are within the last minutes (`FRESH_SIGN_IN_SECONDS`). */
export const SessionOnly = ({ fresh }: { fresh: boolean } = { fresh: false }): Access =>
  applyDecorators(
    rule({ kind: 'session', fresh }),
    ApiBearerAuth('bearer'),
    ApiForbiddenResponse({
      description: fresh
        ? '`session-required`: access tokens cannot do this; or `fresh-sign-in-required`: `POST /auth/reauthenticate` first'
        : '`session-required`: access tokens cannot do this',
      ...problemWith({}),
    }),
  );

/** For administrators' sessions; everybody else, and every access token, is told that there is no such route. `fresh` as in `SessionOnly`. */
export const AdminOnly = ({ fresh }: { fresh: boolean } = { fresh: false }): Access =>
  applyDecorators(
    rule({ kind: 'admin', fresh }),
    ApiBearerAuth('bearer'),
    ApiNotFoundResponse({ description: 'There is no such thing; or you are no administrator, or have no session' }),
    ...(fresh
      ? [ApiForbiddenResponse({ description: '`fresh-sign-in-required`: `POST /auth/reauthenticate` first' })]
      : []),
  );

function rule(access: AccessRule): Access {
  return SetMetadata(ACCESS_RULE, access);
}
