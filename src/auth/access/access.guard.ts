import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from '../../common/access';
import type { AuthenticatedRequest, AuthenticatedUser } from '../../common/current-user';
import { ForbiddenError, NotFoundError } from '../../common/problem';
import { PUBLIC_ROUTE } from '../../common/public';
import { Config } from '../../config/config';

/** Holds whoever `JwtAuthGuard` found against what the route asks for: a scope, a session, a fresh sign-in, an administrator. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC_ROUTE, targets)) return true;
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, targets);
    // A route that says nothing is closed: forgetting must not open it.
    if (rule === undefined) throw new Error(`${context.getClass().name} does not say who may call it`);
    this.require(rule, context.switchToHttp().getRequest<AuthenticatedRequest>().user);
    return true;
  }

  /** @throws ForbiddenError; NotFoundError where only administrators may know that there is something. */
  private require(rule: AccessRule, { role, credential }: AuthenticatedUser): void {
    if (rule.kind === 'any') return;
    if (rule.kind === 'scope') {
      if (credential.kind === 'access-token' && !credential.scopes.includes(rule.scope)) throw lacks(rule.scope);
      return;
    }
    if (rule.kind === 'admin' && (role !== 'admin' || credential.kind !== 'session')) throw new NotFoundError('route');
    if (credential.kind !== 'session') {
      throw new ForbiddenError('session-required', 'Access tokens cannot do this: sign in');
    }
    const age = Date.now() - credential.authenticatedAt.getTime();
    if (rule.fresh && age > this.config.FRESH_SIGN_IN_SECONDS * 1_000) {
      throw new ForbiddenError(
        'fresh-sign-in-required',
        'Prove who you are first: POST /api/v1/auth/reauthenticate, or sign in again',
      );
    }
  }
}

/** RFC 6750, 3.1. */
function lacks(scope: string): ForbiddenError {
  return new ForbiddenError('insufficient-scope', `The access token lacks the scope ${scope}`, {
    extensions: { scope },
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}
