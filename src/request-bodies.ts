import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { clientProblem } from './common/problem.filter';
import type { Config } from './config/config';

/** Where bodies are something else than JSON. */
export interface OtherBodies {
  /** Paths that take multipart/form-data. */
  uploads: string[];
  /** Paths whose PATCH takes a JSON patch beside a merge patch. */
  patches: string[];
  /** Paths that take the forms of pages, and nothing else. */
  forms: string[];
}

const MERGE_PATCHES = ['application/json', 'application/merge-patch+json'];
const JSON_PATCH = 'application/json-patch+json';

/** Larger than a password of 128 characters can be, each of twelve percent-encoded ones. */
const FORM_LIMIT_BYTES = 16_384;

/**
 * JSON is the only body that is read, save uploads and forms at their paths, and it must arrive within `REQUEST_TIMEOUT_MS`; an upload may take as
 * long as it goes on. An empty body is none: many clients name a media type without sending anything.
 */
export function readBodies(fastify: FastifyInstance, config: Config, { uploads, patches, forms }: OtherBodies): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  // What Fastify reads by itself: text/plain.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(
    [...MERGE_PATCHES, JSON_PATCH],
    { parseAs: 'string', bodyLimit: config.BODY_LIMIT_BYTES },
    (request, body, done) => (body === '' ? done(null) : parse(request, body, done)),
  );
  void fastify.register(formbody, { bodyLimit: FORM_LIMIT_BYTES, parser: parseForm });
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const takesPatch = request.method === 'PATCH' && patches.includes(request.routeOptions.url ?? '');
    // RFC 5789, 3.1: also where the answer is 415.
    if (takesPatch) void reply.header('Accept-Patch', [...MERGE_PATCHES, JSON_PATCH].join(', '));
    if (!request.is404 && hasBody(request) && isForm(request) !== forms.includes(request.routeOptions.url ?? '')) {
      done(clientProblem(415, isForm(request) ? 'Send the body as application/json' : 'Send the form of the page'));
    } else if (isJsonPatch(request) && !takesPatch && !request.is404) {
      done(clientProblem(415, 'Send the body as application/json'));
    } else if (!isUpload(request)) {
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

/** Of fields with the same name, the last one counts. */
function parseForm(body: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(body));
}

function isForm({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true;
}

function isJsonPatch({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith(JSON_PATCH) === true;
}

function isUpload({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith('multipart/') === true;
}
