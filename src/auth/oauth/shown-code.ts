import { timingSafeEqual } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';
import { secretHash } from '../../common/secret-token';
import type { Config } from '../../config/config';
import { ONE_TIME_TOKEN_SECONDS } from '../one-time-tokens/one-time-token.entity';
import { SIGNED_IN_PAGE } from '../pages/page-paths';

const NAME = 'commonplace_code';

/**
 * The `Set-Cookie` that lets this browser, and no other, see a code on the page `SIGNED_IN_PAGE`. Without it, one could sign in oneself and send
 * somebody a link to one's own code: whoever takes it over signs into, or links, the account of the sender.
 */
export function codeCookie(config: Config, code: string): string {
  return stringifySetCookie({
    name: NAME,
    value: secretHash(code).toString('base64url'),
    path: new URL(config.publicUrl + SIGNED_IN_PAGE).pathname,
    httpOnly: true,
    sameSite: 'lax',
    secure: config.publicUrl.startsWith('https:'),
    maxAge: ONE_TIME_TOKEN_SECONDS['provider-code'],
  });
}

/** Whether a code was given to the browser that asks; the page shows no other. */
export function isCodeOfThisBrowser(request: FastifyRequest, code: string): boolean {
  const held = Buffer.from(parseCookie(request.headers.cookie ?? '')[NAME] ?? '', 'base64url');
  const hash = secretHash(code);
  return held.length === hash.length && timingSafeEqual(held, hash);
}
