import { Client } from 'pg';
import { query } from './database';
import { eventually } from './eventually';

/**
 * Holds the row of a user as whoever changes how it signs in does; begins `request`, waits until that waits for the row, runs `statement` (with the user's id
 * for `$1`), and lets go.
 * @returns what the request gave
 */
export async function whileLocked<T>(
  databaseUrl: string,
  userId: string,
  request: () => Promise<T>,
  statement: string,
): Promise<T> {
  const holder = new Client({ connectionString: databaseUrl });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query('select from users where id = $1 for no key update', [userId]);
    const answer = request();
    await untilWaitedFor(databaseUrl);
    await holder.query(statement, [userId]);
    await holder.query('commit');
    return await answer;
  } finally {
    await holder.end();
  }
}

/** Until somebody waits for the row of a user. Looks on a connection of its own: within a transaction the activity stays as it was first seen. */
export async function untilWaitedFor(databaseUrl: string): Promise<void> {
  await eventually('The request waits', async () => {
    const waiting = await query(
      databaseUrl,
      `select from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%for no key update%' and datname = current_database()`,
    );
    return waiting.length === 0 ? undefined : true;
  });
}
