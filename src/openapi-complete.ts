import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { PatchOperationRequest } from './notes/patch/patch-operation.request';
import { completeAccess } from './openapi-access';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Headers = Record<string, { description: string; schema: { type: 'string'; example: string } }>;

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;
const ID = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';

const REQUEST_ID = header('X-Request-Id', 'Identifies the request in the logs', ID);

/** The headers that every problem of a status has. */
const PROBLEM_HEADERS: Record<string, Headers> = {
  '401': header('WWW-Authenticate', 'The challenge (RFC 6750)', 'Bearer'),
  '412': header('ETag', 'The version that is there', '"v7"'),
  '429': header('Retry-After', 'Seconds to wait', '60'),
  '503': header('Retry-After', 'Seconds to wait', '2'),
};

/** The body of a JSON patch: `@ApiConsumes` gives all media types of a body one schema. */
const JSON_PATCH = { type: 'array' as const, maxItems: 1_000, items: { $ref: getSchemaPath(PatchOperationRequest) } };

/** Adds what operations share and what follows from what they take: problems, headers, the form of ids. */
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
  for (const parameter of operation.parameters ?? []) {
    if ('$ref' in parameter || parameter.in !== 'path' || parameter.name !== 'id') continue;
    parameter.description ??= 'The id, a UUID';
    parameter.schema = { type: 'string', format: 'uuid', example: ID };
  }
  completeAccess(operation);
  const { requestBody } = operation;
  const content = requestBody !== undefined && 'content' in requestBody ? requestBody.content : {};
  if (content['application/json-patch+json']) content['application/json-patch+json'] = { schema: JSON_PATCH };
  if (!isProbe) addProblems(operation);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    const isProblem = Number(status) >= 400 && !isProbe;
    response.headers = { ...REQUEST_ID, ...(isProblem && PROBLEM_HEADERS[status]), ...response.headers };
    if (isProblem) {
      response.content ??= { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    }
  }
}

const KEY_PROBLEMS = {
  '409': '`request-in-progress`: a request with this `Idempotency-Key` is under way',
  '422': '`idempotency-key-reused`: this `Idempotency-Key` came with another request',
};

/** What an operation can be refused with, whatever it does, unless its controller says more. */
function addProblems({ parameters = [], requestBody, responses, security = [] }: Operation): void {
  const takesKey = parameters.some((parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key');
  const takesJson = requestBody !== undefined && 'content' in requestBody && 'application/json' in requestBody.content;
  const problems = {
    ...((parameters.length > 0 || requestBody !== undefined) && {
      '400': 'The request is not valid: `detail` and `errors` say what to change',
    }),
    ...(security.length > 0 && { '401': 'No access token, or one that is wrong or expired' }),
    ...(takesJson && {
      '408': 'The body did not arrive in time',
      '413': 'The body is larger than this server takes',
      '415': 'The body is not JSON',
    }),
    '500': 'Something went wrong here; it has been logged with the request id',
    '503': 'Not available right now: try again in a moment',
  };
  for (const [status, description] of Object.entries(problems)) responses[status] ??= { description };
  if (takesKey)
    for (const [status, description] of Object.entries(KEY_PROBLEMS)) addReason(responses, status, description);
}

function header(name: string, description: string, example: string): Headers {
  return { [name]: { description, schema: { type: 'string', example } } };
}

function addReason(responses: Operation['responses'], status: string, description: string): void {
  const present = responses[status];
  if (present === undefined || '$ref' in present) responses[status] = { description };
  else present.description += `; or ${description}`;
}
