import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Cluster } from './cluster';
import { tryToJoin, type Attempt } from './connect';
import { findPostmaster } from './postmaster';
import { startPostgres, type Started } from './start';

const READY_TIMEOUT_MS = 60_000;
const LOCKED_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
const RESTART_DELAY_MS = 100;

export interface Acquired {
  /** Connected, and holding the shared lock. */
  client: Client;
  port: number;
  /** Another process had started the server. */
  attached: boolean;
}

/**
 * Joins the cluster's server, and starts it if there is none. Any number of processes may do so at once.
 * @throws Error if PostgreSQL cannot start, or is not ready within 60 s (it then goes on, as it may be recovering).
 */
export async function acquire(cluster: Cluster, preferredPort: number, signal?: AbortSignal): Promise<Acquired> {
  const began = Date.now();
  let started: Started | undefined;
  let lockedSince: number | undefined;
  let reason = '';
  try {
    while (Date.now() - began < READY_TIMEOUT_MS) {
      signal?.throwIfAborted();
      const postmaster = await findPostmaster(cluster.directory);
      // Our own child is what it claims to be, even where that cannot be proven.
      if (postmaster && postmaster.pid === started?.pid) postmaster.certain = true;
      const attempt: Attempt = postmaster ? await tryToJoin(cluster, postmaster) : { absent: 'it does not run' };
      if (postmaster && 'client' in attempt) {
        return { client: attempt.client, port: postmaster.port, attached: postmaster.pid !== started?.pid };
      }
      if ('busy' in attempt) {
        reason = attempt.busy;
      } else if (started?.hasExited()) {
        const failure = await started.failure();
        started = undefined;
        reason = failure.reason;
        if (!failure.passing) throw new Error(`PostgreSQL cannot start in ${cluster.directory}: ${reason}`);
        await sleep(RESTART_DELAY_MS);
      } else if (!started) {
        started = await startPostgres(cluster, preferredPort);
        cluster.onWait?.();
        lockedSince = started ? undefined : (lockedSince ?? Date.now());
        if (lockedSince && Date.now() - lockedSince > LOCKED_TIMEOUT_MS) throw lockedError(cluster);
      }
      await sleep(POLL_MS);
    }
  } catch (error) {
    await started?.stop();
    throw error;
  }
  throw new Error(
    `PostgreSQL in ${cluster.directory} is not ready after ${READY_TIMEOUT_MS / 1000} s (${reason}); if it is recovering from a crash, it goes on: ` +
      `see ${cluster.dataDir}/postgres.log, and try again.`,
  );
}

function lockedError({ dataDir }: Cluster): Error {
  return new Error(
    `The database in ${dataDir} is in use by a PostgreSQL that cannot be reached from here: it is still ending, or in another container. ` +
      'Stop that one, or run this command inside its container.',
  );
}
