import type { EntityManager } from 'typeorm';
import type { Config } from '../../config/config';
import type { ProviderProfile } from './provider';

/**
 * Whether somebody without an account may make one (`REGISTRATION`). An invitation is for an address, so the provider must have verified it; it is used
 * up, in the caller's transaction.
 */
export async function mayRegister(manager: EntityManager, config: Config, profile: ProviderProfile): Promise<boolean> {
  if (config.REGISTRATION !== 'invite') return config.REGISTRATION === 'open';
  if (!profile.emailVerified) return false;
  const [accepted] = await manager.query<[{ id: string }[], number]>(
    `update invitations set accepted_at = now() where email = $1 and accepted_at is null and expires_at > now() returning id`,
    [profile.email],
  );
  return accepted.length > 0;
}
