import { ProblemError } from '../../common/problem';

/** RFC 9110, 15.5.2 asks for a challenge. There is no scheme for this one, so it names none that a browser would ask for by itself. */
export const CHALLENGE = { 'WWW-Authenticate': 'Share-Password' };

/** 401: the share has a password, and none was sent. */
export class SharePasswordRequiredError extends ProblemError {
  constructor() {
    const detail = 'This share has a password: send it as {password} by POST to the same path';
    super(401, 'share-password-required', 'A password is needed', detail, { headers: CHALLENGE });
  }
}

/** 401: the share has another password. */
export class SharePasswordWrongError extends ProblemError {
  constructor() {
    super(401, 'share-password-wrong', 'The password is wrong', 'Ask whoever gave you the link', {
      headers: CHALLENGE,
    });
  }
}
