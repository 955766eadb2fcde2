import { Injectable } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForbiddenError } from '../../common/problem';
import { Config } from '../../config/config';
import type { SessionResponse } from '../sign-in/session.response';

const NAME = 'commonplace_refresh';

/** Only the routes of `/auth` get it. */
const PATH = '/api/v1/auth';

const DAY_SECONDS = 86_400;

/**
 * The refresh token of a browser's session: in a cookie that no script can read, that other sites' requests do not carry (`SameSite=Strict`), and
 * that is only taken from pages of this server or of the origins in `CORS_ORIGINS`.
 */
@Injectable()
export class RefreshCookie {
  constructor(private readonly config: Config) {}

  /** Moves the refresh token of an answer into the cookie, where the client asked for it. */
  deliver(reply: FastifyReply, session: SessionResponse, inCookie: boolean): SessionResponse {
    if (!inCookie || session.refreshToken === null) return session;
    this.set(reply, session.refreshToken, this.config.SESSION_IDLE_DAYS * DAY_SECONDS);
    return { ...session, refreshToken: null };
  }

  clear(reply: FastifyReply): void {
    this.set(reply, '', 0);
  }

  /**
   * The refresh token that the browser sent; undefined when it sent none.
   * @throws ForbiddenError `foreign-origin` when a page of another origin made it send the cookie.
   */
  read(request: FastifyRequest): string | undefined {
    const { cookie = '', origin } = request.headers;
    const token = parseCookie(cookie)[NAME];
    if (!token) return undefined;
    const own = new URL(this.config.publicUrl).origin;
    // `*` lets everyone call the API with tokens of their own; it does not hand out this browser's.
    if (origin === undefined || (origin !== own && !this.config.CORS_ORIGINS.includes(origin))) {
      throw new ForbiddenError(
        'foreign-origin',
        'The cookie is only taken from pages of this server or of CORS_ORIGINS',
      );
    }
    return token;
  }

  private set(reply: FastifyReply, value: string, maxAge: number): void {
    const secure = this.config.publicUrl.startsWith('https:');
    const cookie = { name: NAME, value, path: PATH, httpOnly: true, sameSite: 'strict', secure, maxAge } as const;
    void reply.header('Set-Cookie', stringifySetCookie(cookie));
  }
}
