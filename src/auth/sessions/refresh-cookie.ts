import { Injectable } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForbiddenError, UnauthorizedError, ValidationFailedError } from '../../common/problem';
import { Config } from '../../config/config';
import type { SessionResponse } from '../sign-in/session.response';

const NAME = 'commonplace_refresh';

/** Only the routes of `/auth` get it. */
const PATH = '/api/v1/auth';

const DAY_SECONDS = 86_400;

/**
 * The refresh token of a browser's session: in a cookie that no script can read, that other sites' requests do not carry (`SameSite=Strict`), and
 * that is only taken from pages of this server or of the origins in `CORS_ORIGINS` (RFC 6265bis).
 */
@Injectable()
export class RefreshCookie {
  private readonly secure: boolean;
  /** Behind TLS with the prefix by which browsers refuse it from a plain connection. Not `__Host-`: that one would go to every path. */
  private readonly name: string;
  private readonly origins: Set<string>;

  constructor(private readonly config: Config) {
    this.secure = config.publicUrl.startsWith('https:');
    this.name = this.secure ? `__Secure-${NAME}` : NAME;
    // `*` lets everyone call the API with tokens of their own; it does not hand out this browser's.
    this.origins = new Set([new URL(config.publicUrl).origin, ...config.CORS_ORIGINS]);
  }

  /** Moves the refresh token of an answer into the cookie, where the client asked for it. */
  deliver(reply: FastifyReply, session: SessionResponse, inCookie: boolean): SessionResponse {
    if (!inCookie || session.refreshToken === null) return session;
    this.set(reply, session.refreshToken, this.config.SESSION_IDLE_DAYS * DAY_SECONDS);
    return { ...session, refreshToken: null };
  }

  /** The same for a refresh with the cookie; one that is refused leaves none behind. @throws what `answer` does */
  async keepOrClear(reply: FastifyReply, answer: Promise<SessionResponse>): Promise<SessionResponse> {
    try {
      return this.deliver(reply, await answer, true);
    } catch (error) {
      if (error instanceof UnauthorizedError) this.clear(reply);
      throw error;
    }
  }

  /** Removes the cookie that the browser sent, if it did. @throws ForbiddenError `foreign-origin` see `read` */
  clearSent(request: FastifyRequest, reply: FastifyReply): void {
    if (this.read(request) !== undefined) this.clear(reply);
  }

  /**
   * The refresh token that the browser sent.
   * @throws ValidationFailedError when it sent none; ForbiddenError `foreign-origin` when a page of another origin made it send the cookie.
   */
  require(request: FastifyRequest): string {
    const token = this.read(request);
    if (token !== undefined) return token;
    const detail = 'must be a refresh token, unless the cookie of a session is sent';
    throw new ValidationFailedError([{ pointer: '#/refreshToken', detail, code: 'isString' }]);
  }

  private read({ headers: { cookie = '', origin } }: FastifyRequest): string | undefined {
    const token = parseCookie(cookie)[this.name];
    if (!token) return undefined;
    if (origin === undefined || !this.origins.has(origin)) {
      throw new ForbiddenError(
        'foreign-origin',
        'The cookie is only taken from pages of this server or of CORS_ORIGINS',
      );
    }
    return token;
  }

  private clear(reply: FastifyReply): void {
    this.set(reply, '', 0);
  }

  private set(reply: FastifyReply, value: string, maxAge: number): void {
    const { name, secure } = this;
    const cookie = { name, value, path: PATH, httpOnly: true, sameSite: 'strict', secure, maxAge } as const;
    void reply.header('Set-Cookie', stringifySetCookie(cookie));
  }
}
