import { ApiHeader, ApiPreconditionFailedResponse, ApiResponse } from '@nestjs/swagger';
import { problemWith } from './problem.decorator';

/** Documents the `ETag` of an answer. */
export const ETAG = {
  ETag: { description: 'The version, for If-Match', schema: { type: 'string' as const, example: '"v1"' } },
};

/** Documents the request header `If-Match`. */
export const IF_MATCH = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'Entity tags of the version to change, such as `"v7"`',
  schema: { type: 'string', example: '"v1"' },
});

/** Documents the refusal of `If-Match`. */
export const CHANGED = ApiPreconditionFailedResponse({
  description: '`precondition-failed`, with `currentVersion`: it was changed meanwhile',
  ...problemWith({ currentVersion: { type: 'integer', example: 7 } }),
});

/** Documents the refusal of a request without `If-Match`. */
export const REQUIRED = ApiResponse({
  status: 428,
  description: '`precondition-required`: the account asks for `If-Match` (see `requireIfMatch`)',
});

export const EXISTING_ID_MEMBER = {
  existingId: { type: 'string' as const, format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
};

/** Documents a problem that names what is there. */
export const EXISTING_ID = problemWith(EXISTING_ID_MEMBER);
