import type { EntityManager } from 'typeorm';

/**
 * In how many ways a user can still sign in without `except`: a password, accounts at providers, passkeys. Whoever takes one away locks the row
 * of the user first, so that of two that are taken away at once the second sees that the first is gone.
 */
export async function otherWaysIn(
  manager: EntityManager,
  userId: string,
  except: { identityId?: string; passkeyId?: string } = {},
): Promise<number> {
  const [row] = await manager.query<{ ways: number }[]>(
    `select (password_hash is not null)::int
       + (select count(*)::int from identities where user_id = users.id and id is distinct from $2)
       + (select count(*)::int from passkeys where user_id = users.id and id is distinct from $3) as ways
     from users where id = $1`,
    [userId, except.identityId ?? null, except.passkeyId ?? null],
  );
  return row?.ways ?? 0;
}
