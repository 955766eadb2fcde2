import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { NotFoundError } from '../../common/problem';
import type { Quota } from '../../users/quota';
import { User } from '../../users/user.entity';
import { Session } from '../sessions/session.entity';

/** An account, and what is known of its use. */
export interface UserOverview {
  user: User;
  lastUsedAt: Date | null;
}

/** An account, as administrators see it. */
export interface AdministeredUser extends UserOverview {
  quota: Quota;
}

/** Accounts with their last use, in one statement. */
export function selectUsers(manager: EntityManager): SelectQueryBuilder<User> {
  return manager
    .createQueryBuilder(User, 'user')
    .addSelect(
      (select) => select.select('max(session.lastUsedAt)').from(Session, 'session').where('session.userId = user.id'),
      'last_used_at',
    );
}

/** The rows of `selectUsers`. */
export async function readUsers(select: SelectQueryBuilder<User>): Promise<UserOverview[]> {
  const { entities, raw } = await select.getRawAndEntities<{ last_used_at: Date | null }>();
  return entities.map((user, at) => ({ user, lastUsedAt: raw[at]?.last_used_at ?? null }));
}

/** @throws NotFoundError */
export async function readUser(manager: EntityManager, id: string): Promise<UserOverview> {
  const [found] = await readUsers(selectUsers(manager).where('user.id = :id', { id }));
  if (found === undefined) throw new NotFoundError('account');
  return found;
}
