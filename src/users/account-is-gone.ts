import { UnauthorizedError } from '../common/problem';

/** Its access tokens may outlive an account by seconds. */
export function accountIsGone(): UnauthorizedError {
  return new UnauthorizedError('The account of this token is gone', 'invalid_token');
}
