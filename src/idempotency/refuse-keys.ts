import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../common/problem';
import { IDEMPOTENCY_KEY } from './idempotency-key';

/** Refuses the header where it would mean nothing: a client that counts on it must not be left in the belief. @param paths where it is refused */
export function refuseKeys(fastify: FastifyInstance, paths: RegExp): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isRefused =
      request.headers[IDEMPOTENCY_KEY] !== undefined &&
      request.method === 'POST' &&
      paths.test(request.routeOptions.url ?? '');
    done(isRefused ? refusal() : undefined);
  });
}

function refusal(): ProblemError {
  return new ProblemError(
    400,
    'idempotency-key-refused',
    'The request cannot be repeated with a key',
    'What this route answers is secret, or good once, and is never kept: send it without Idempotency-Key',
  );
}
