import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageOf, propertyOf } from './errors';
import { PAGE_HEADERS } from './html-page';
import { type Problem, ProblemError, UnavailableError } from './problem';
import { isPageForPeople, problemPage } from './problem-page';

/** Turns every error into `application/problem+json` (RFC 9457). What is ours says nothing of the inside; it is logged instead. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param methodsOf The methods that a path knows. */
  constructor(private readonly methodsOf: (path: string) => string[]) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = request.is404 ? noRoute(request, this.methodsOf(pathOf(request))) : error;
    sendProblem(problem, request, http.getResponse<FastifyReply>());
  }
}

/** Answers `request` with the problem that `error` is, as a page where pages for people are; also for what fails before Nest (routing, body parsing). */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, request);
  if (problem.status >= 500) request.log.error({ err: error }, 'The request failed');
  // A body that was begun cannot be mended: the connection ends, so that the client sees it broke off.
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  void reply
    .code(problem.status)
    .headers(problem.options.headers ?? {})
    .header('X-Request-Id', request.id)
    .header('Cache-Control', 'no-store');
  const path = pathOf(request);
  if (isPageForPeople(path)) void reply.headers(PAGE_HEADERS).send(problemPage(problem, request.id));
  else {
    void reply.type('application/problem+json').send(JSON.stringify(problemBody(problem, path, request.id)));
  }
}

export function problemBody(problem: ProblemError, instance: string, requestId: string): Problem {
  return {
    type: `urn:commonplace:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    instance,
    requestId,
    ...problem.options.extensions,
    ...(problem.options.errors && { errors: problem.options.errors }),
  };
}

const CODES: Record<number, [code: string, title: string]> = {
  400: ['malformed-request', 'The request cannot be read'],
  401: ['unauthorized', 'Authentication is needed'],
  403: ['forbidden', 'This is not allowed'],
  404: ['not-found', 'Not found'],
  405: ['method-not-allowed', 'The method is not allowed here'],
  408: ['request-timeout', 'The request took too long to arrive'],
  409: ['conflict', 'The request conflicts with what is there'],
  413: ['payload-too-large', 'The request is too large'],
  415: ['unsupported-media-type', 'The media type is not supported'],
  422: ['unprocessable', 'The request cannot be carried out'],
  429: ['too-many-requests', 'Too many requests'],
  431: ['headers-too-large', 'The headers are too large'],
};

/** The problem of a status below 500 that needs no more than words. */
export function clientProblem(status: number, detail: string, headers?: Record<string, string>): ProblemError {
  const [code, title] = CODES[status] ?? ['bad-request', 'The request cannot be carried out'];
  return new ProblemError(status, code, title, detail, { headers });
}

/** RFC 9110, 15.5.5 and 15.5.6. */
function noRoute({ method }: FastifyRequest, allowed: string[]): ProblemError {
  if (allowed.length === 0) return clientProblem(404, 'There is no such route');
  const allow = allowed.join(', ');
  return clientProblem(405, `${method} is not allowed here; allowed: ${allow}`, { Allow: allow });
}

function problemOf(error: unknown, request: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof ThrottlerException) return clientProblem(429, 'Wait as long as Retry-After says');
  const status = error instanceof HttpException ? error.getStatus() : propertyOf(error, 'statusCode');
  if (typeof status === 'number' && status >= 400 && status < 500) return clientProblemOf(status, error, request);
  if (status === 503 || isTransient(error)) return new UnavailableError();
  return new ProblemError(500, 'internal-error', 'Something went wrong here', 'It has been logged with the request id');
}

/** What the framework refused, in words that say what to change. */
function clientProblemOf(status: number, error: unknown, request: FastifyRequest): ProblemError {
  if (propertyOf(propertyOf(error, 'cause') ?? error, 'code') === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return clientProblem(status, `A body here has at most ${request.routeOptions.bodyLimit ?? 0} bytes`);
  }
  // 406 is what @fastify/multipart says of a body that is not multipart; nothing here negotiates what it answers.
  if (status === 406 || status === 415) {
    return clientProblem(415, 'Send the body in a media type that this route takes: see its description at /docs');
  }
  return clientProblem(status, messageOf(error));
}

/** SQLSTATE classes and network errors that pass: the database is away, starting, full, or took too long. */
const TRANSIENT =
  /^(08|53|40)...$|^(57P0[1-5]|57014|55P03|25P03)$|^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EHOST|ENET|EAI_AGAIN|ENOSPC)/;

/** What `pg` and its pool say, without a code, when a connection breaks or none is to be had. */
const CONNECTION_LOST =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/;

function isTransient(error: unknown): boolean {
  const code = propertyOf(error, 'code');
  return (typeof code === 'string' && TRANSIENT.test(code)) || CONNECTION_LOST.test(messageOf(error));
}

function pathOf(request: FastifyRequest): string {
  return request.originalUrl.split('?')[0] ?? '/';
}
