import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { clientProblem } from './common/problem.filter';
import type { Config } from './config/config';

/**
 * JSON is the only body that is read, save uploads at the paths `uploads`, and it must arrive within `REQUEST_TIMEOUT_MS`; an upload may take as
 * long as it goes on. An empty body is none: many clients name a media type without sending anything.
 */
export function readBodies(fastify: FastifyInstance, config: Config, uploads: string[]): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  // What Fastify reads by itself: text/plain.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string', bodyLimit: config.BODY_LIMIT_BYTES },
    (request, body, done) => (body === '' ? done(null) : parse(request, body, done)),
  );
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (!isUpload(request)) {
      if (hasBody(request)) endWhenLate(payload, config.REQUEST_TIMEOUT_MS);
      done(null, payload);
    } else if (request.is404 || uploads.includes(request.routeOptions.url ?? '')) {
      done(null, payload);
    } else {
      done(clientProblem(415, 'Send the body as application/json'));
    }
  });
}

function endWhenLate(payload: RequestPayload, ms: number): void {
  const timer = setTimeout(() => {
    // Nobody listens any more once the body was refused: then the error would end the process.
    if (payload.listenerCount('error') > 0)
      payload.emit('error', clientProblem(408, 'The body did not arrive in time'));
  }, ms).unref();
  const clear = (): void => clearTimeout(timer);
  payload.once('end', clear).once('close', clear);
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isUpload({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith('multipart/') === true;
}
