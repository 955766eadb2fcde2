import { relative } from 'node:path';
import { Client, DatabaseError } from 'pg';
import { DATABASE, HOST, USER, type Cluster } from './cluster';
import { hasCode, messageOf } from '../../common/errors';
import type { Postmaster } from './postmaster';

/** Advisory locks are a database's own: this one is in `postgres`, so that it cannot meet the application's. */
const LEASE_DATABASE = 'postgres';
const LEASE_KEY = 1;
const CONNECT_TIMEOUT_MS = 3000;
const QUERY_TIMEOUT_MS = 30_000;

/** A connection that holds the shared lock, or why there is none: wait (`busy`), or nothing of ours is there (`absent`). */
export type Attempt = { client: Client } | { busy: string } | { absent: string };

/**
 * Tries once to connect to a running server, to make sure that it runs this very cluster (a `postmaster.pid` may be stale,
 * copied with the directory, and its port another server's by now), and to join those who use it.
 * @throws Error if the server is certainly ours but does not accept the password.
 */
export async function tryToJoin(cluster: Cluster, postmaster: Postmaster): Promise<Attempt> {
  // Starting or stopping.
  if (postmaster.certain && !postmaster.ready) return { busy: 'it is starting or stopping' };
  const client = new Client({
    host: HOST,
    port: postmaster.port,
    user: USER,
    password: cluster.password,
    database: LEASE_DATABASE,
    ssl: false,
    application_name: 'commonplace lease',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  // Without a listener, a connection that breaks would end the process. Queries and 'end' tell of it as well.
  client.on('error', () => undefined);
  let attempt: Attempt;
  try {
    await client.connect();
    attempt = await join(client, cluster, postmaster);
  } catch (error) {
    attempt = explain(error, cluster, postmaster);
  }
  if (!('client' in attempt)) await client.end();
  return attempt;
}

/** Takes the exclusive lock in place of the shared one. @returns whether nobody else uses the server. */
export async function leave(client: Client): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1)', [LEASE_KEY]);
  const { rows } = await client.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [LEASE_KEY]);
  return rows[0]?.last === true;
}

async function join(client: Client, cluster: Cluster, postmaster: Postmaster): Promise<Attempt> {
  const { rows } = await client.query<{ pid: number; directory: string; joined: boolean; complete: boolean }>(
    `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid, current_setting('data_directory') as directory,
            pg_try_advisory_lock_shared($1) as joined, exists (select from pg_database where datname = $2) as complete`,
    [LEASE_KEY, DATABASE],
  );
  const [server] = rows;
  // The directory may have been moved under a running server: a pid that certainly works in it says more than its name.
  const same = postmaster.certain || relative(cluster.directory, server?.directory ?? '') === '';
  if (!server || server.pid !== postmaster.pid || !same)
    return { absent: `port ${postmaster.port} belongs to another server` };
  if (!server.joined) return { busy: 'its last user is stopping it' };
  if (!server.complete) await createDatabase(client);
  return { client };
}

async function createDatabase(client: Client): Promise<void> {
  try {
    await client.query(`create database ${DATABASE}`);
  } catch (error) {
    // Another process has just made it.
    if (!hasCode(error, '42P04', '23505')) throw error;
  }
}

function explain(error: unknown, cluster: Cluster, { certain, port }: Postmaster): Attempt {
  const reason = messageOf(error);
  // Nobody listens, or it is no PostgreSQL.
  if (!(error instanceof DatabaseError)) return certain ? { busy: reason } : { absent: reason };
  // Class 28: password refused.
  if (!error.code?.startsWith('28')) return { busy: reason };
  if (!certain) return { absent: `port ${port} belongs to another server` };
  throw new Error(
    `PostgreSQL refuses the password in ${cluster.dataDir}/postgres-password (${reason}): restore that file from a backup.`,
    { cause: error },
  );
}
