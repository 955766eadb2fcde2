import { isIP } from 'node:net';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from: what the lists of sessions and of activity show. */
export interface Client {
  ip: string | null;
  userAgent: string | null;
}

export function clientOf(request: FastifyRequest): Client {
  // Behind a proxy it is what the header says, which may be no address; PostgreSQL's type knows no zone (`fe80::1%eth0`).
  const ip = isIP(request.ip) === 0 ? null : (request.ip.split('%')[0] ?? null);
  return { ip, userAgent: request.headers['user-agent']?.slice(0, 400) ?? null };
}

/** The client of the request. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): Client =>
  clientOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
