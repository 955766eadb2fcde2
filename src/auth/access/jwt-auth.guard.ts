import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { PUBLIC_ROUTE } from '../../common/public';
import { UnauthorizedError } from '../../common/problem';

/** Every route needs a user, unless it says `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override canActivate(
    context: ExecutionContext,
  ): ReturnType<InstanceType<ReturnType<typeof AuthGuard>>['canActivate']> {
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC_ROUTE, [context.getHandler(), context.getClass()]))
      return true;
    return super.canActivate(context);
  }

  override handleRequest<User>(error: unknown, user: User | false, info: unknown): User {
    if (error) throw error;
    if (user) return user;
    throw refusalOf(info);
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
