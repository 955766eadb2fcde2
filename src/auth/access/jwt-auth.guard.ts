import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { AuthenticatedRequest } from '../../common/current-user';
import { UnauthorizedError } from '../../common/problem';
import { AccessTokenAuthentication } from '../access-tokens/access-token-authentication';
import { ruleOf } from './route-rule';

/** RFC 6750, 2.1, for a personal access token: its prefix tells it from a JWT. */
const ACCESS_TOKEN = /^bearer +(cmp_\S*)$/i;

/** Says who asks, by the JWT of a session or by a personal access token. Every route needs a user, unless it says `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  constructor(private readonly accessTokens: AccessTokenAuthentication) {
    super();
  }

  override canActivate(
    context: ExecutionContext,
  ): ReturnType<InstanceType<ReturnType<typeof AuthGuard>>['canActivate']> {
    if (ruleOf(context) === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const accessToken = ACCESS_TOKEN.exec(request.headers.authorization ?? '')?.[1];
    return accessToken === undefined ? super.canActivate(context) : this.admit(request, accessToken);
  }

  override handleRequest<User>(error: unknown, user: User | false, info: unknown): User {
    if (error) throw error;
    if (user) return user;
    throw refusalOf(info);
  }

  private async admit(request: AuthenticatedRequest, accessToken: string): Promise<boolean> {
    request.user = await this.accessTokens.authenticate(accessToken);
    return true;
  }
}

function refusalOf(info: unknown): UnauthorizedError {
  const { name, message } = info instanceof Error ? info : new Error();
  if (message === 'No auth token') return new UnauthorizedError('Send Authorization: Bearer <accessToken>');
  if (name === 'TokenExpiredError') {
    return new UnauthorizedError('The access token has expired: refresh it', 'invalid_token');
  }
  if (FOREIGN.test(message)) {
    return new UnauthorizedError('The access token is not one that this server signed', 'invalid_token');
  }
  return new UnauthorizedError('The access token is malformed', 'invalid_token');
}

/** As jsonwebtoken and `SigningKeys` say it. */
const FOREIGN = /^(invalid signature|invalid algorithm|jwt signature is required|jwt issuer invalid|foreign )/;
