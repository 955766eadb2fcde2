import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who asks: what the access token says, verified by the guard. */
export interface AuthenticatedUser {
  id: string;
  sessionId: string;
  role: 'user' | 'admin';
}

export type AuthenticatedRequest = FastifyRequest & { user: AuthenticatedUser };

/** The user that the guard found. Only for routes that are not public. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuthenticatedUser =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().user,
);
