import { type ArgumentMetadata, type Type, ValidationPipe } from '@nestjs/common';
import { ValidateIf, type ValidationError } from 'class-validator';
import { type ProblemDetail, ValidationFailedError } from './problem';

/** More than the largest request has: 100 operations on notes with 100 tags each. */
const MAX_VALUES = 20_000;
const MAX_DEPTH = 16;

/** The most faults that an answer lists. */
const MAX_ERRORS = 100;

const UNKNOWN_FIELD = { detail: 'is not a field of this request', code: 'whitelistValidation' };

const TOO_COMPLEX: ProblemDetail = {
  pointer: '#',
  detail: `must have at most ${MAX_VALUES} values, nested at most ${MAX_DEPTH} deep`,
  code: 'maxComplexity',
};

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

  override async transform(given: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // What our own decorators and guards gave, such as the user, is not input.
    if (metadata.type === 'custom') return given;
    const value = metadata.type === 'body' && isOptional(metadata.metatype) ? (given ?? {}) : given;
    if (metadata.type === 'body' && !isObject(value)) {
      throw new ValidationFailedError([{ pointer: '#', detail: 'the body must be a JSON object', code: 'isObject' }]);
    }
    const prefix = prefixes[metadata.type] ?? '#/';
    const strange = prefix === '' ? [] : strangeFields(value, prefix);
    if (strange.length > 0) throw new ValidationFailedError(strange);
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      throw new ValidationFailedError(detailsOf(error.errors, prefix).slice(0, MAX_ERRORS));
    }
  }

  override createExceptionFactory(): (errors?: ValidationError[]) => unknown {
    return (errors = []) => new InvalidValueError(errors);
  }
}

const bodies = new RequestValidationPipe();

/** Validates what is not the body of a request as if it were one. @throws ValidationFailedError */
export function validateBody<T>(type: Type<T>, value: unknown): Promise<T> {
  return bodies.transform(value, { type: 'body', metatype: type }) as Promise<T>;
}

const OPTIONAL_BODY = 'commonplace:optional-body';

/** On the class of a request whose fields are all optional: it may come without a body, as a DELETE usually does. */
export const OptionalBody = (): ClassDecorator => (target) => Reflect.defineMetadata(OPTIONAL_BODY, true, target);

/** Not `IsOptional`, which lets null through: for a field that can be left out, but not cleared. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

function isOptional(metatype: ArgumentMetadata['metatype']): boolean {
  return metatype !== undefined && Reflect.hasOwnMetadata(OPTIONAL_BODY, metatype);
}

/** Carries what class-validator found to where it is known whether a body or a query was validated. */
class InvalidValueError extends Error {
  constructor(readonly errors: ValidationError[]) {
    super('The value is not valid');
  }
}

const prefixes: Partial<Record<ArgumentMetadata['type'], string>> = { body: '#/', query: '?', param: '' };

/**
 * Fields that class-validator would let through, since it finds them on every object: `constructor`, `toString`, `__proto__`.
 * @throws ValidationFailedError for what has so many values, or nests so deep, that only to look at all of it would hurt.
 */
function strangeFields(root: unknown, prefix: string): ProblemDetail[] {
  const strange: ProblemDetail[] = [];
  let values = 0;
  const visit = (value: unknown, path: string, depth: number): void => {
    values += 1;
    if (values > MAX_VALUES || depth > MAX_DEPTH) throw new ValidationFailedError([TOO_COMPLEX]);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, child] of Object.entries(value)) {
      const pointer = path + escapePointer(name);
      if (name in Object.prototype) strange.push({ pointer, ...UNKNOWN_FIELD });
      else visit(child, `${pointer}/`, depth + 1);
    }
  };
  visit(root, prefix, 0);
  return strange;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function detailsOf(errors: ValidationError[], prefix: string): ProblemDetail[] {
  return errors.flatMap((error) => {
    const pointer = prefix + escapePointer(error.property);
    const own = Object.entries(error.constraints ?? {}).map(([code, message]) => ({
      pointer,
      detail: code === UNKNOWN_FIELD.code ? UNKNOWN_FIELD.detail : withoutName(message, error.property),
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
