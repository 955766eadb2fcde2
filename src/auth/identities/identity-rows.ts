import type { EntityManager } from 'typeorm';
import { newId } from '../../common/uuid';
import type { ProviderAccount } from '../oauth/provider-codes';
import { Identity } from './identity.entity';

export function findIdentity(manager: EntityManager, { provider, subject }: ProviderAccount): Promise<Identity | null> {
  return manager.findOneBy(Identity, { provider, subject });
}

/** @throws QueryFailedError of `identities_subject_key` when another transaction was faster: see `onceMoreWhenOvertaken`. */
export async function addIdentity(manager: EntityManager, userId: string, account: ProviderAccount): Promise<Identity> {
  const { provider, subject, email, name } = account;
  const row = manager.create(Identity, { id: newId(), userId, provider, subject, email, name, lastUsedAt: new Date() });
  await manager.insert(Identity, row);
  return row;
}

/** Notes that it was used, and what the provider says of it now. */
export async function touchIdentity(
  manager: EntityManager,
  id: string,
  { email, name }: ProviderAccount,
): Promise<void> {
  await manager.update(Identity, { id }, { email, name, lastUsedAt: new Date() });
}
