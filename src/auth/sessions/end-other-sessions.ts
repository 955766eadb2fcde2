import { type EntityManager, IsNull, Not } from 'typeorm';
import { Session } from './session.entity';

/**
 * Ends all sessions of a user but one, in the caller's transaction (ASVS 5.0, 7.4.3).
 * @returns their ids: give them to `RevokedSessions` once that is committed, so that their access tokens stop working at once
 */
export async function endOtherSessions(manager: EntityManager, userId: string, keepId: string): Promise<string[]> {
  const others = { userId, id: Not(keepId), revokedAt: IsNull() };
  const ended = await manager
    .createQueryBuilder()
    .update(Session)
    .set({ revokedAt: new Date() })
    .where(others)
    .returning('id')
    .execute();
  return (ended.raw as { id: string }[]).map(({ id }) => id);
}
