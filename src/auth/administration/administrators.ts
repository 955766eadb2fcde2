import { type EntityManager, IsNull } from 'typeorm';
import { ConflictError, NotFoundError } from '../../common/problem';
import { User } from '../../users/user.entity';
import type { Actor } from './actor';

/**
 * Locks all accounts that administrate, in the order of their ids, until the transaction ends: whoever changes accounts does it one after another, and sees what
 * the one before left. An account that is disabled, or about to be deleted, cannot look after the others and does not count.
 * @throws NotFoundError as for a route that is not there, when the actor is none of them any more: their access token outlives the role by seconds.
 */
export async function lockAdministrators(manager: EntityManager, actor: Actor): Promise<string[]> {
  const administrators = await manager.find(User, {
    select: { id: true },
    where: { role: 'admin', disabledAt: IsNull(), deleteAfter: IsNull() },
    order: { id: 'ASC' },
    lock: { mode: 'for_no_key_update' },
  });
  const ids = administrators.map(({ id }) => id);
  if (actor.id !== null && !ids.includes(actor.id)) throw new NotFoundError('route');
  return ids;
}

/** @throws ConflictError `last-administrator` when nobody of `administrators` but this account is left. */
export function requireAnother(administrators: string[], id: string): void {
  if (administrators.some((other) => other !== id)) return;
  throw new ConflictError(
    'last-administrator',
    'This is the last administrator: make another account one before this one is demoted or disabled',
  );
}
