import { ApiProperty } from '@nestjs/swagger';

/** One thing that is wrong with a request. */
export class ProblemDetail {
  @ApiProperty({ description: '`#/title` in a body, `?limit` in a query, `{id}` in a path', example: '#/title' })
  pointer!: string;

  @ApiProperty({ example: 'must be at most 500 characters' })
  detail!: string;

  @ApiProperty({ description: 'The rule that was broken', example: 'isStorableText' })
  code!: string;
}

/** The body of every error, `application/problem+json` (RFC 9457). */
export class Problem {
  @ApiProperty({
    description: '`urn:commonplace:problem:<code>`',
    example: 'urn:commonplace:problem:validation-failed',
  })
  type!: string;

  @ApiProperty({ example: 'The request is not valid' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 400 })
  status!: number;

  @ApiProperty({ description: 'What to change, in words', example: 'title must be at most 500 characters' })
  detail!: string;

  @ApiProperty({ description: 'The path that was asked for', example: '/api/v1/notes' })
  instance!: string;

  @ApiProperty({ example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  requestId!: string;

  @ApiProperty({
    type: [ProblemDetail],
    required: false,
    description: 'With `validation-failed`: each thing to change',
  })
  errors?: ProblemDetail[];
}

export interface ProblemOptions {
  errors?: ProblemDetail[];
  /** Further members of the problem, such as `existingId`. */
  extensions?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error that services throw and the problem filter turns into an answer, for every transport. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = new.target.name;
  }
}

export class ValidationFailedError extends ProblemError {
  constructor(errors: ProblemDetail[]) {
    const detail = errors.map((error) => `${error.pointer} ${error.detail}`).join('; ');
    super(400, 'validation-failed', 'The request is not valid', detail, { errors });
  }
}

export class MalformedRequestError extends ProblemError {
  constructor(detail: string) {
    super(400, 'malformed-request', 'The request cannot be read', detail);
  }
}

/** 401 with the challenge of RFC 6750. */
export class UnauthorizedError extends ProblemError {
  constructor(detail: string, error?: 'invalid_token') {
    const challenge = error === undefined ? 'Bearer' : `Bearer error="${error}", error_description="${detail}"`;
    super(401, 'unauthorized', 'Authentication is needed', detail, { headers: { 'WWW-Authenticate': challenge } });
  }
}

/** 403: who asks is known, and may not do this, or not this way; `code` says why. */
export class ForbiddenError extends ProblemError {
  constructor(code: string, detail: string, options: ProblemOptions = {}) {
    super(403, code, 'This is not allowed', detail, options);
  }
}

export class NotFoundError extends ProblemError {
  constructor(what: string) {
    super(404, 'not-found', 'Not found', `There is no such ${what}, or it is not yours`);
  }
}

export class ConflictError extends ProblemError {
  constructor(code: string, detail: string, extensions?: Record<string, unknown>) {
    super(409, code, 'The request conflicts with what is there', detail, { extensions });
  }
}

/** 428 (RFC 6585): the account asks that changes name the version that they are based on. */
export class PreconditionRequiredError extends ProblemError {
  constructor() {
    const detail = 'This account asks for If-Match: send the ETag of the version that the change is based on';
    super(428, 'precondition-required', 'A precondition is needed', detail);
  }
}

/** 503: what is needed is away or has no room, for moments. */
export class UnavailableError extends ProblemError {
  constructor(detail = 'Try again in a moment') {
    super(503, 'unavailable', 'Not available right now', detail, { headers: { 'Retry-After': '2' } });
  }
}

export class PreconditionFailedError extends ProblemError {
  constructor(currentVersion: number) {
    super(
      412,
      'precondition-failed',
      'Changed meanwhile',
      `If-Match names another version; the current one is "v${currentVersion}": read it again and repeat the change`,
      { extensions: { currentVersion }, headers: { ETag: `"v${currentVersion}"` } },
    );
  }
}
