import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ValidationFailedError } from '../../common/problem';

/** PostgreSQL's `integer`. */
export const MAX_VERSION = 2_147_483_647;

/** A version of a note as text: a number from 1. Undefined when it is none. */
export function parseVersion(text: string): number | undefined {
  const version = Number(text);
  return /^[1-9]\d{0,9}$/.test(text) && version <= MAX_VERSION ? version : undefined;
}

class VersionPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    const version = parseVersion(text);
    if (version !== undefined) return version;
    const detail = 'must be the version of a revision, a whole number from 1';
    throw new ValidationFailedError([{ pointer: '{version}', detail, code: 'isVersion' }]);
  }
}

// No `@Param()`: the pipe for all routes would make a number of it first, of "1e1" too.
const PathVersion = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<FastifyRequest<{ Params: { version: string } }>>().params.version,
);

/** The version in the path; 400 when it is none. */
export const VersionParam = (): ParameterDecorator => PathVersion(VersionPipe);
