import type { EntityManager } from 'typeorm';
import { UnauthorizedError } from '../common/problem';
import { User } from './user.entity';

/**
 * A user, locked until the transaction ends. Whoever changes how a user signs in takes this lock first, before every other row of the user:
 * so changes come one after the other, and nobody waits in a circle.
 * @throws UnauthorizedError when the account is gone
 */
export async function lockUser(manager: EntityManager, id: string): Promise<User> {
  const user = await manager.findOne(User, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (user === null) throw new UnauthorizedError('The account is gone', 'invalid_token');
  return user;
}
