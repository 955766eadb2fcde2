import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { clientOf } from '../../common/client';
import type { AuthenticatedRequest } from '../../common/current-user';
import { Config } from '../../config/config';
import { AccessTokenUsage } from '../access-tokens/access-token-usage';
import { accessRefusal } from './access-refusal';
import { ruleOf } from './route-rule';

/** Holds whoever `JwtAuthGuard` found against what the route asks for: a scope, a session, a fresh sign-in, an administrator, a verified address. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly usage: AccessTokenUsage,
  ) {}

  /** @throws ForbiddenError; NotFoundError where only administrators may know that there is something. */
  canActivate(context: ExecutionContext): boolean {
    const rule = ruleOf(context);
    if (rule === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const refusal = accessRefusal(rule, request.user, request.method, this.config);
    if (refusal !== undefined) throw refusal;
    const { credential } = request.user;
    // Only now: what is refused is no use.
    if (credential.kind === 'access-token') this.usage.note(credential.accessTokenId, clientOf(request).ip);
    return true;
  }
}
