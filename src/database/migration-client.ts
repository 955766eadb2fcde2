import { Client } from 'pg';
import { messageOf } from '../common/errors';

/** A connection of its own, outside every pool. @throws TypeError when the address is none. */
export function migrationClient(url: string | undefined): Client {
  const client = new Client({
    connectionString: url,
    application_name: 'commonplace-migrate',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // A connection that breaks fails the statement that uses it; without a listener, it would also end the process.
  client.on('error', () => undefined);
  return client;
}

export function unusableDatabase(reason: unknown): Error {
  return new Error(`The database at DATABASE_URL cannot be used: ${messageOf(reason)}`, { cause: reason });
}
