import multipart from '@fastify/multipart';
import { RequestMethod } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import type { Logger } from 'pino';
import { AllowedMethods } from './allowed-methods';
import { answerClientError } from './client-error';
import { INVITATION_PAGE, RESET_PASSWORD_PAGE, VERIFY_EMAIL_PAGE } from './auth/pages/page-paths';
import type { AuthenticatedRequest } from './common/current-user';
import { EVENT_STREAM } from './common/event-stream';
import { ProblemFilter, sendProblem } from './common/problem.filter';
import { newId } from './common/uuid';
import { RequestValidationPipe } from './common/validation';
import { Config } from './config/config';
import { refuseKeys } from './idempotency/refuse-keys';
import { endIdleConnections } from './idle-connections';
import { setUpSwagger } from './openapi-document';
import { readBodies } from './request-bodies';
import { securityHeaders } from './security-headers';
import { SHARE_PAGE } from './sharing/share-token';

export const API_PREFIX = 'api/v1';

/** Routes outside the prefix: probes, pages for people, and the development mail page. */
export const UNPREFIXED = ['health/*path', 'account/*path', 's/*path', 'dev/mail', 'dev/mail/*path'];

/** Routes whose answers are secret, or that use something up which is good once: no answer of theirs is kept, nor undone. */
const WITHOUT_KEYS = new RegExp(`^/${API_PREFIX}/(auth/|access-tokens|shared/|notes/:id/shares)`);

/** Routes that take multipart/form-data. */
const UPLOADS = [`/${API_PREFIX}/imports`];

/** Routes whose PATCH takes a JSON patch. */
const PATCHES = [`/${API_PREFIX}/notes/:id`];

/** Routes that take the form of a page. */
const FORMS = [VERIFY_EMAIL_PAGE, RESET_PASSWORD_PAGE, INVITATION_PAGE, `${SHARE_PAGE}/:token`];

/** Without Nest's parsers: it would take forms where the API says JSON. `readBodies` adds what is read. */
class HttpAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {}
}

/** The HTTP server as every process and every test has it. */
export function createAdapter(config: Config, logger: Logger): FastifyAdapter {
  const adapter = new HttpAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustProxy(config.TRUST_PROXY),
    genReqId: requestId,
    bodyLimit: config.BODY_LIMIT_BYTES,
    // Headers must arrive in time, and bodies too, save uploads: see `readBodies`. Whoever sends nothing for a while is cut off in any case.
    http: {
      requestTimeout: 0,
      headersTimeout: config.REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(5_000, config.REQUEST_TIMEOUT_MS / 2),
    },
    requestTimeout: 0,
    connectionTimeout: config.REQUEST_TIMEOUT_MS * 2,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    // While it closes, a request on a connection that is still open is served, and the connection ends.
    return503OnClosing: false,
    // As long as a request line may be: an id that is too long is answered like any other that is none.
    routerOptions: { maxParamLength: 16_384 },
    clientErrorHandler: answerClientError(logger),
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      reply.raw.once('close', () => logRequest(request, reply));
      sendProblem(error, request, reply);
    },
  });
  // Nest runs this hook before every other, and so before what answers by itself, such as a preflight.
  const headers = securityHeaders(config);
  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    void reply.headers(headers).header('X-Request-Id', request.id);
    reply.raw.once('close', () => logRequest(request, reply));
    done();
  });
  return adapter;
}

/**
 * Pipes, filters, prefix, security, documentation: one function, used by the entry points and by every test, so that what is tested is what is served.
 */
export async function configureApp(app: NestFastifyApplication): Promise<NestFastifyApplication> {
  const config = app.get(Config);
  app.setGlobalPrefix(API_PREFIX, { exclude: UNPREFIXED.map((path) => ({ path, method: RequestMethod.ALL })) });
  app.useGlobalPipes(new RequestValidationPipe());
  const fastify = app.getHttpAdapter().getInstance();
  const methods = new AllowedMethods();
  methods.watch(fastify);
  app.useGlobalFilters(new ProblemFilter((path) => methods.of(path)));
  if (config.CORS_ORIGINS.length > 0) {
    app.enableCors({
      origin: config.CORS_ORIGINS.includes('*') ? '*' : config.CORS_ORIGINS,
      // With the refresh cookie for named origins only.
      credentials: !config.CORS_ORIGINS.includes('*'),
      methods: ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'],
      exposedHeaders: [
        'ETag',
        'Idempotent-Replayed',
        'Link',
        'Location',
        'RateLimit',
        'RateLimit-Policy',
        'Retry-After',
        'X-Request-Id',
      ],
      maxAge: 86_400,
      // Else an OPTIONS request that is no preflight is 400, in plain text.
      strictPreflight: false,
    });
  }
  endIdleConnections(fastify);
  refuseKeys(fastify, WITHOUT_KEYS);
  readBodies(fastify, config, { uploads: UPLOADS, patches: PATCHES, forms: FORMS });
  await app.register(multipart, {
    limits: { files: 1, fields: 10, fieldSize: 1_000, fileSize: config.IMPORT_LIMIT_BYTES },
  });
  setUpSwagger(app);
  return app;
}

/** One line a request: never a body, a query (it may hold a search) or a header. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  // It ends when the client leaves.
  const isStream = reply.getHeader('content-type') === EVENT_STREAM;
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      // 499, as nginx says it: the client left before the answer was sent.
      status: reply.raw.writableFinished || isStream ? reply.statusCode : 499,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      userId: (request as Partial<AuthenticatedRequest>).user?.id,
    },
    'request',
  );
}

/** A caller's own request id is kept when it cannot hurt a log; else a new one is made. */
function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{8,128}$/.test(given) ? given : newId();
}

function trustProxy(value: string): FastifyServerOptions['trustProxy'] {
  if (value === 'true') return true;
  if (value === 'false') return false;
  if (/^\d+$/.test(value)) return (_address, hop) => hop < Number(value);
  return value.split(',').map((address) => address.trim());
}
