import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type ProblemDetail, ValidationFailedError } from './problem';

/**
 * The one validation of request bodies and queries: unknown fields are refused, values are turned into instances.
 * Every fault is listed, with a pointer to where it is.
 */
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: true,
      validationError: { target: false, value: false },
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && !isObject(value)) {
      throw new ValidationFailedError([{ pointer: '#', detail: 'the body must be a JSON object', code: 'isObject' }]);
    }
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      throw new ValidationFailedError(detailsOf(error.errors, prefixes[metadata.type] ?? '#/'));
    }
  }

  override createExceptionFactory(): (errors?: ValidationError[]) => unknown {
    return (errors = []) => new InvalidValueError(errors);
  }
}

/** Carries what class-validator found to where it is known whether a body or a query was validated. */
class InvalidValueError extends Error {
  constructor(readonly errors: ValidationError[]) {
    super('The value is not valid');
  }
}

const prefixes: Partial<Record<ArgumentMetadata['type'], string>> = { body: '#/', query: '?', param: '' };

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function detailsOf(errors: ValidationError[], prefix: string): ProblemDetail[] {
  return errors.flatMap((error) => {
    const pointer = prefix + escapePointer(error.property);
    const own = Object.entries(error.constraints ?? {}).map(([code, message]) => ({
      pointer,
      detail: code === 'whitelistValidation' ? 'is not a field of this request' : withoutName(message, error.property),
      code,
    }));
    return [...own, ...detailsOf(error.children ?? [], `${pointer}/`)];
  });
}

/** class-validator begins its own messages with the property's name, which the pointer already says. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

/** RFC 6901, section 3. */
function escapePointer(property: string): string {
  return property.replaceAll('~', '~0').replaceAll('/', '~1');
}
