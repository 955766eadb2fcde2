import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ForbiddenError } from './problem';
import type { Scope } from './scopes';

/** The session that a request is made in. */
export interface SessionCredential {
  kind: 'session';
  sessionId: string;
  /** When the user last proved who they are. */
  authenticatedAt: Date;
}

/** The personal access token that a request is made with. */
export interface AccessTokenCredential {
  kind: 'access-token';
  accessTokenId: string;
  scopes: readonly Scope[];
}

/** Who asks: what the credential says, verified by the guard. */
export interface AuthenticatedUser {
  id: string;
  role: 'user' | 'admin';
  emailVerified: boolean;
  /** Until when the credential is good, in milliseconds since 1970; Infinity: until it is revoked. */
  expiresAt: number;
  credential: SessionCredential | AccessTokenCredential;
}

/** Who writes a text, and by which client. */
export type Author = Pick<AuthenticatedUser, 'id' | 'credential'>;

/** The session or access token of an author: edits of one of them are told from those of others. */
export function clientIdOf({ credential }: Author): string {
  return credential.kind === 'session' ? credential.sessionId : credential.accessTokenId;
}

/** A user in a session: what routes for sessions only get. */
export interface SessionUser {
  id: string;
  sessionId: string;
  role: 'user' | 'admin';
}

export type AuthenticatedRequest = FastifyRequest & { user: AuthenticatedUser };

const userOf = (context: ExecutionContext): AuthenticatedUser =>
  context.switchToHttp().getRequest<AuthenticatedRequest>().user;

/** The user that the guard found. Only for routes that are not public. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext) => userOf(context));

/** The user and the session of the request. Only for routes that are `@SessionOnly()` or `@AdminOnly()`. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): SessionUser => {
  const { id, role, credential } = userOf(context);
  if (credential.kind !== 'session')
    throw new ForbiddenError('session-required', 'Only a session can do this: sign in');
  return { id, role, sessionId: credential.sessionId };
});
