import type { EntityManager } from 'typeorm';
import { ConflictError, UnauthorizedError } from '../../common/problem';
import type { Config } from '../../config/config';
import { User } from '../../users/user.entity';

/** What is about to go. */
export interface WayInToGo {
  identityId?: string;
  passkeyId?: string;
}

/**
 * Locks the row of a user until the transaction ends: what takes a way in away does so first, so that of two at once the second sees what the first took.
 * @throws UnauthorizedError when the account is gone
 */
export async function lockUser(manager: EntityManager, userId: string): Promise<void> {
  const lock = { mode: 'pessimistic_write' } as const;
  const user = await manager.findOne(User, { select: { id: true }, where: { id: userId }, lock });
  if (user === null) throw new UnauthorizedError('The account of this token is gone', 'invalid_token');
}

/**
 * Refuses to take the last way in away: a password, a passkey, or an account at a provider that is configured must remain. Call `lockUser` before: a
 * statement does not see what was committed while it waited for a lock.
 * @throws ConflictError `last-way-in`
 */
export async function assertAnotherWayIn(
  manager: EntityManager,
  config: Config,
  userId: string,
  { identityId, passkeyId }: WayInToGo,
): Promise<void> {
  const [result] = await manager.query<{ remains: boolean }[]>(
    `select exists (select from users where id = $1 and password_hash is not null)
         or exists (select from identities where user_id = $1 and provider = any($2) and id is distinct from $3::uuid)
         or exists (select from passkeys where user_id = $1 and id is distinct from $4::uuid) as remains`,
    [userId, config.providerIds, identityId ?? null, passkeyId ?? null],
  );
  if (result?.remains !== true) {
    throw new ConflictError(
      'last-way-in',
      'Nothing else signs into this account: set a password, or add another way in, first',
    );
  }
}
