import { ConflictError } from '../../common/problem';
import { breaches } from '../../database/constraints';

const ATTEMPTS = 3;

/**
 * Runs a transaction again when another one made the same account or identity meanwhile: this time it finds it. So of two first sign-ins at once, one makes
 * the account and both are in it.
 */
export async function onceMoreWhenOvertaken<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !isOvertaken(error)) throw error;
    }
  }
}

function isOvertaken(error: unknown): boolean {
  return (error instanceof ConflictError && error.code === 'email-taken') || breaches(error, 'identities_subject_key');
}
