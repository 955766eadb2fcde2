import { ValidationFailedError } from '../../common/problem';
import { passwordFault, type PasswordFault, PRESENT_FAULT } from './password-policy';
import { hashPassword, verifyPassword } from './passwords';

export interface NewPassword {
  password: string;
  /** Where the request has it, such as `#/newPassword`. */
  pointer: string;
  /** The address of the account. */
  email: string;
  /** The hash of the present password, which the new one must not be. */
  presentHash?: string | null;
}

/**
 * The hash of a new password that may be used. Outside a transaction: it takes a while.
 * @throws ValidationFailedError when it is too short, too common, the address, or the present one; ProblemError 503, see `hashPassword`
 */
export async function hashNewPassword({ password, pointer, email, presentHash = null }: NewPassword): Promise<string> {
  const fault = passwordFault(password, email) ?? (await presentFault(password, presentHash));
  if (fault !== null) throw new ValidationFailedError([{ pointer, ...fault }]);
  return hashPassword(password);
}

async function presentFault(password: string, presentHash: string | null): Promise<PasswordFault | null> {
  return presentHash !== null && (await verifyPassword(presentHash, password)) ? PRESENT_FAULT : null;
}
