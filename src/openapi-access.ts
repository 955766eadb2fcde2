import type { OpenAPIObject } from '@nestjs/swagger';
import { problemWith } from './common/problem.decorator';
import { type Scope, SCOPES } from './common/scopes';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];

const FRESH = 'whose user proved who they are within the last minutes (`FRESH_SIGN_IN_SECONDS`)';
const NOT_FRESH = '`fresh-sign-in-required`: `POST /api/v1/auth/reauthenticate` first';

/** What the names beside the security scheme mean (OpenAPI 3.1: roles), for its description. */
export const ROLES_EXPLAINED = [
  'The `accessToken` of a session, or a personal access token (`cmp_…`). The names beside it say what a route asks for:',
  '`session`, a session and no access token; `fresh`, one that has just been signed in; `admin`, that of an administrator; or a scope, which every session has:',
  Object.entries(SCOPES)
    .map(([scope, meaning]) => `\`${scope}\` (${lowerFirst(meaning)})`)
    .join(', '),
].join(' ');

/** Says in words who may call an operation, and with which problems it refuses others; `rolesOf` wrote the names that it reads. */
export function completeAccess(operation: Operation): void {
  // A method's own rule comes after that of its controller, and takes its place.
  const roles = operation.security?.at(-1)?.bearer;
  if (roles === undefined) return;
  operation.security = [{ bearer: roles }];
  operation.description = [operation.description, `Needs ${needOf(roles)}.`].filter(Boolean).join('\n\n');
  const { responses } = operation;
  const [role] = roles;
  const fresh = roles.includes('fresh') ? [NOT_FRESH] : [];
  if (role === 'admin') {
    addProblem(responses, '404', ['There is no such route for whoever is not an administrator']);
    addProblem(responses, '403', [...fresh, '`email-not-verified`']);
  } else if (role === 'session') {
    addProblem(responses, '403', ['`session-required`: access tokens cannot do this', ...fresh]);
  } else if (role !== undefined) {
    const unverified = role === ('account:read' satisfies Scope) ? [] : ['`email-not-verified`'];
    addProblem(responses, '403', [`\`insufficient-scope\`: the access token lacks \`${role}\``, ...unverified], {
      scope: { type: 'string', description: 'With `insufficient-scope`: the scope that is missing', example: role },
    });
  }
}

function needOf(roles: string[]): string {
  const [role] = roles;
  const fresh = roles.includes('fresh') ? ` ${FRESH}` : '';
  if (role === undefined) return 'a session or an access token';
  if (role === 'admin') return `the session of an administrator${fresh}`;
  if (role === 'session') return `a session${fresh}; access tokens are refused`;
  return `a session, or an access token with the scope \`${role}\``;
}

/** Beside what the controller says of the status. */
function addProblem(
  responses: Responses,
  status: string,
  reasons: string[],
  members?: Parameters<typeof problemWith>[0],
): void {
  const own = responses[status];
  const said = own === undefined || '$ref' in own ? [] : [own.description];
  responses[status] = { ...(members && problemWith(members)), ...own, description: [...said, ...reasons].join('; ') };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
