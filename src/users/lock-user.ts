import type { EntityManager } from 'typeorm';
import { accountIsGone } from './account-is-gone';
import { User } from './user.entity';

/**
 * A user, locked until the transaction ends, with the password hash: what was proven before the lock may be void by now. Whoever changes how a user signs
 * in, and whoever signs in, takes this lock first, before every other row of the user: so they come one after the other, and nobody waits in a circle.
 * Rows that refer to the user can be written all the while.
 * @throws UnauthorizedError when the account is gone
 */
export async function lockUser(manager: EntityManager, id: string): Promise<User> {
  const user = await tryLockUser(manager, id);
  if (user === null) throw accountIsGone();
  return user;
}

/** The same for those to whom an account that is gone is no failure of a token: null. */
export function tryLockUser(manager: EntityManager, id: string): Promise<User | null> {
  return manager
    .createQueryBuilder(User, 'user')
    .addSelect('user.passwordHash')
    .setLock('for_no_key_update')
    .where({ id })
    .getOne();
}
