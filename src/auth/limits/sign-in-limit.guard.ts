import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '../../common/current-user';
import { networkOf } from './network';
import { secretHash } from '../../common/secret-token';

/** Documents the headers of draft-ietf-httpapi-ratelimit-headers. */
export const RATE_LIMIT_HEADERS = {
  RateLimit: { description: 'What is left: `"address";r=19;t=60`', schema: { type: 'string' as const } },
  'RateLimit-Policy': { description: 'The limits: `"address";q=20;w=60`', schema: { type: 'string' as const } },
};

/**
 * Strict limits on the routes that guess secrets, by address and by account, with the headers `RateLimit`, `RateLimit-Policy` (IETF draft) and,
 * when refused, `Retry-After`.
 */
@Injectable()
export class SignInLimitGuard extends ThrottlerGuard {
  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, getTracker, generateKey } = request;
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const name = throttler.name ?? 'default';
    const tracker = await getTracker(http.getRequest<Record<string, unknown>>(), context);
    const key = generateKey(context, tracker, name);
    const record = await this.storageService.increment(key, ttl, limit, blockDuration, name);
    const left = Math.max(0, limit - record.totalHits);
    const seconds = record.isBlocked ? record.timeToBlockExpire : record.timeToExpire;
    appendHeader(reply, 'RateLimit', `"${name}";r=${left};t=${seconds}`);
    appendHeader(reply, 'RateLimit-Policy', `"${name}";q=${limit};w=${Math.round(ttl / 1000)}`);
    if (record.isBlocked) {
      void reply.header('Retry-After', String(record.timeToBlockExpire));
      await this.throwThrottlingException(context, { ...record, limit, ttl, key, tracker });
    }
    return true;
  }
}

/**
 * The account that a request is about: the signed-in one, the address it names, or the refresh token or ticket it holds; else where it comes from. Anyone may name
 * an address, so it counts with where that comes from: a stranger's attempts use up nothing of the owner's.
 */
export function accountOf(request: Record<string, unknown>, _context: ExecutionContext): string {
  const { body, ip, user } = request as unknown as FastifyRequest & Partial<AuthenticatedRequest>;
  if (user !== undefined) return `user:${user.id}`;
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (typeof fields.email === 'string') return `${accountNamed(fields.email)} ${networkOf(ip)}`;
  if (typeof fields.refreshToken === 'string') return `token:${secretHash(fields.refreshToken).toString('hex')}`;
  if (typeof fields.ticket === 'string') return `token:${secretHash(fields.ticket).toString('hex')}`;
  return `address:${networkOf(ip)}`;
}

/**
 * An account by the address that somebody gives, whether or not there is one. Without case as the database has it, letter by letter: else each of `ada.i`,
 * `ada.\u0130` and their like would have attempts of its own at one account.
 */
export function accountNamed(email: string): string {
  const letters = Array.from(email.trim().slice(0, 254), (letter) =>
    letter === '\u0130' ? 'i' : letter.toLowerCase(),
  );
  return `email:${letters.join('')}`;
}

/** Where a request comes from. */
export function networkOfRequest(request: Record<string, unknown>): string {
  return networkOf((request as unknown as FastifyRequest).ip);
}

function appendHeader(reply: FastifyReply, name: string, value: string): void {
  const before = reply.getHeader(name);
  void reply.header(name, before === undefined ? value : `${String(before)}, ${value}`);
}
