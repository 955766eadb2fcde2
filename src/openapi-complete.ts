import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

/** What every operation can answer, whatever it does: said once here, not at every route. */
const COMMON: Record<string, string> = {
  '400': 'The request is not valid: `errors` says what to change',
  '429': 'Too many requests: wait as long as `Retry-After` says',
  '500': 'Something went wrong here; it has been logged with the request id',
  '503': 'Not available right now: try again in a moment',
};

const REQUEST_ID = {
  description: 'Identifies the request in the logs',
  schema: { type: 'string' as const, example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
};

/** Adds what all operations share: the problems, the request id header, 401 where a user is needed. */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) completeOperation(operation, path.startsWith('/health'));
    }
  }
  return document;
}

function completeOperation(operation: Operation, isProbe: boolean): void {
  const needsUser = (operation.security?.length ?? 0) > 0;
  const common = isProbe
    ? {}
    : { ...COMMON, ...(needsUser && { '401': 'No access token, or one that is wrong or expired' }) };
  for (const [status, description] of Object.entries(common)) {
    operation.responses[status] ??= { description };
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    response.headers = { 'X-Request-Id': REQUEST_ID, ...response.headers };
    if (Number(status) >= 400 && !isProbe) {
      response.content ??= { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    }
  }
}
