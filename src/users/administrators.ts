import { type EntityManager, IsNull } from 'typeorm';
import { ConflictError } from '../common/problem';
import { User } from './user.entity';

/**
 * Locks all accounts that administrate, in the order of their ids, until the transaction ends, and gives those ids: whoever changes accounts, or leaves, does it
 * one after another, and sees what the one before left. Take this lock before `lockUser`, whoever the user is. An account that is disabled, or about to be
 * deleted, cannot look after the others and does not count.
 */
export async function lockAdministrators(manager: EntityManager): Promise<string[]> {
  const administrators = await manager.find(User, {
    select: { id: true },
    where: { role: 'admin', disabledAt: IsNull(), deleteAfter: IsNull() },
    order: { id: 'ASC' },
    lock: { mode: 'for_no_key_update' },
  });
  return administrators.map(({ id }) => id);
}

/** @throws ConflictError `last-administrator` when nobody of `administrators` but this account is left. */
export function requireAnother(administrators: string[], id: string): void {
  if (administrators.some((other) => other !== id)) return;
  throw new ConflictError(
    'last-administrator',
    'This is the last administrator: make another account one before this one is demoted, disabled or deleted',
  );
}
