import { ProblemError } from '../../common/problem';
import { ONE_TIME_TOKEN_SECONDS } from '../one-time-tokens/one-time-token.entity';

/** 401 between the two steps of a sign-in: the first was right, and `ticket` is for the second. */
export class SecondFactorRequiredError extends ProblemError {
  constructor(ticket: string) {
    super(
      401,
      'second-factor-required',
      'A second factor is needed',
      'Send the code of the authenticator app, or a recovery code, with this ticket to POST /api/v1/auth/second-factor',
      {
        extensions: { ticket, expiresIn: ONE_TIME_TOKEN_SECONDS['second-factor'] },
        headers: { 'WWW-Authenticate': 'Bearer' },
      },
    );
  }
}
