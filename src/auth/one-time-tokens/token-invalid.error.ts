import { ProblemError } from '../../common/problem';

/** 400 for a link that cannot be used: the same for one that is unknown, used, expired, void or of another kind. */
export class TokenInvalidError extends ProblemError {
  constructor() {
    super(400, 'token-invalid', 'The link is not valid', 'It was used, has expired or was replaced: ask for a new one');
  }
}
