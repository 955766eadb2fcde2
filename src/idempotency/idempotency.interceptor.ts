import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../common/current-user';
import { IDEMPOTENCY_KEY, parseIdempotencyKey } from './idempotency-key';
import { type Answer, IdempotencyService } from './idempotency.service';

/** On handlers that receive their content themselves, and then call `IdempotencyService.begin`. */
export const BEGINS_LATER = 'commonplace:idempotency-begins-later';

/** Headers that are part of the answer; all others are of the moment. */
const KEPT_HEADERS = ['etag', 'location'];

/** Gives a repeated request the answer of the first one. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const header = request.headers[IDEMPOTENCY_KEY];
    if (header === undefined) return next.handle();
    const beginsLater = this.reflector.get<boolean | undefined>(BEGINS_LATER, context.getHandler()) === true;
    return from(this.answer(request, http.getResponse(), String(header), beginsLater, next));
  }

  private async answer(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    header: string,
    beginsLater: boolean,
    next: CallHandler,
  ): Promise<unknown> {
    const { method, originalUrl, body } = request;
    const keyed = { userId: request.user.id, key: parseIdempotencyKey(header), target: `${method} ${originalUrl}` };
    const content = beginsLater ? undefined : (JSON.stringify(body) ?? '');
    const { answer, isReplayed } = await this.idempotency.run(keyed, content, async () =>
      answerOf(reply, await lastValueFrom(next.handle(), { defaultValue: undefined })),
    );
    if (isReplayed) void reply.code(answer.status).headers(answer.headers).header('Idempotent-Replayed', 'true');
    return answer.body ?? undefined;
  }
}

function answerOf(reply: FastifyReply, body: unknown): Answer {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name);
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body: body ?? null };
}
