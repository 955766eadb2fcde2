import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
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
export const RequireScope = (scope: Scope): Access => access({ kind: 'scope', scope });

/** For whoever is signed in or has an access token, whatever its scopes. */
export const AnyCredential = (): Access => access({ kind: 'any' });

/** For sessions only. With `fresh`, the user must have proved who they are within the last minutes (`FRESH_SIGN_IN_SECONDS`). */
export const SessionOnly = ({ fresh }: { fresh: boolean } = { fresh: false }): Access =>
  access({ kind: 'session', fresh });

/** For administrators' sessions; everybody else is told that there is no such route. `fresh` as for `SessionOnly`. */
export const AdminOnly = ({ fresh }: { fresh: boolean } = { fresh: false }): Access => access({ kind: 'admin', fresh });

/** A rule as OpenAPI writes it: the names beside the security scheme. What else follows from it is added to the document, see `openapi-access.ts`. */
export function rolesOf(rule: AccessRule): string[] {
  if (rule.kind === 'any') return [];
  if (rule.kind === 'scope') return [rule.scope];
  return rule.fresh ? [rule.kind, 'fresh'] : [rule.kind];
}

function access(rule: AccessRule): Access {
  return applyDecorators(SetMetadata(ACCESS_RULE, rule), ApiSecurity('bearer', rolesOf(rule)));
}
