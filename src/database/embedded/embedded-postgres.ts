import { mkdir, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { acquire } from './acquire';
import { DATABASE, HOST, USER, type Cluster } from './cluster';
import { hasCode, messageOf } from '../../common/errors';
import { syncDirectory } from './files';
import { clusterPath, initialise, isInitialised } from './initialise';
import { Lease } from './lease';
import { readOrCreatePassword } from './password';
import { stopPostmaster } from './postmaster';

const DEFAULT_PORT = 54329;

export interface EmbeddedPostgresOptions {
  /** Where everything is kept; made if missing. */
  dataDir: string;
  log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** false, for tests only: faster, and a crash of the machine ruins the database. Default true. */
  durable?: boolean;
  /** If it is taken, a free one is chosen. Default 54329. */
  preferredPort?: number;
  /** Called, perhaps more than once, when nothing is left to do but wait for a program of PostgreSQL. */
  onWait?: () => void;
}

/**
 * A real PostgreSQL with nothing to set up: made, started and stopped on demand, and shared by all processes (server,
 * worker, commands) that open the same data directory. It listens on 127.0.0.1 only and asks for a random password.
 *
 * In the data directory: `postgres` (the cluster), `postgres-password`, `postgres.log` (and `.old`), `postgres.lock`.
 * It outlives a process that is killed; the next one to open the directory attaches to it.
 *
 * PostgreSQL refuses to run as root, so for root it runs as the system user `commonplace`, which is made if missing. If
 * that user cannot enter the data directory (in root's home, say), the cluster is in `/var/lib/commonplace/clusters/<random>`,
 * `postgres` is a link to it, and a backup of files needs both. The name is random so that removing the data directory
 * gives an empty server; what it pointed to is never removed by itself. Likewise, programs that the user cannot reach are
 * run from a copy in `/var/lib/commonplace/postgresql-<version>`.
 */
export class EmbeddedPostgres {
  private closing: Promise<void> | undefined;

  private constructor(
    /** `postgres://commonplace:<password>@127.0.0.1:<port>/commonplace` */
    readonly url: string,
    /** Another process had started the server. */
    readonly attached: boolean,
    private readonly cluster: Cluster,
    private readonly lease: Lease,
  ) {}

  /**
   * Makes the database if there is none, starts PostgreSQL or attaches to the one that runs, and waits until it accepts
   * connections: for up to 60 s, if it has to recover from a crash.
   * @throws Error that names the path and the remedy.
   */
  static async open(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    try {
      const cluster = await prepare(options);
      const acquired = await acquire(cluster, options.preferredPort ?? DEFAULT_PORT);
      const { port, attached } = acquired;
      const lease = new Lease(cluster, acquired, (samePort, signal) => acquire(cluster, samePort, signal));
      const how = attached ? 'attached to' : 'started';
      cluster.log('info', `Embedded PostgreSQL: ${how} ${cluster.directory} on port ${port}.`);
      return new EmbeddedPostgres(
        `postgres://${USER}:${cluster.password}@${HOST}:${port}/${DATABASE}`,
        attached,
        cluster,
        lease,
      );
    } catch (error) {
      throw withRemedy(error, options.dataDir);
    }
  }

  /** Detaches, and stops PostgreSQL if nobody else uses it: waits for that, for up to 30 s. May be called again. Never rejects. */
  close(): Promise<void> {
    this.closing ??= this.detach();
    return this.closing;
  }

  private async detach(): Promise<void> {
    const { log, directory } = this.cluster;
    try {
      if (!(await this.lease.release())) return;
      const stopped = await stopPostmaster(directory);
      if (stopped) log('info', `Embedded PostgreSQL: stopped ${directory}.`);
      else log('warn', `Embedded PostgreSQL in ${directory} has not been seen to stop.`);
    } catch (error) {
      // It goes on running, which harms nobody: the next to open it attaches.
      log('warn', `Embedded PostgreSQL in ${directory} could not be stopped: ${messageOf(error)}`);
    } finally {
      await this.lease.end();
    }
  }
}

async function prepare({ dataDir, durable = true, log, onWait }: EmbeddedPostgresOptions): Promise<Cluster> {
  const path = resolve(dataDir);
  // Root's data directory must let PostgreSQL's system user through.
  const made = await mkdir(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const top = made ? dirname(made) : path;
  for (let level = path; level !== top; level = dirname(level)) await syncDirectory(dirname(level));
  const directory = await realpath(path);
  const initialised = await isInitialised(directory);
  const password = await readOrCreatePassword(directory, initialised);
  if (!initialised) await initialise({ dataDir: directory, password, durable, log, onWait });
  return { dataDir: directory, directory: await realpath(clusterPath(directory)), password, durable, log, onWait };
}

function withRemedy(error: unknown, dataDir: string): unknown {
  const remedies: [string[], string][] = [
    [
      ['EACCES', 'EPERM', 'EROFS', 'ENOENT'],
      'let the user that runs Commonplace read and write it, or set DATA_DIR to a directory where it may',
    ],
    [['ENOSPC', 'EDQUOT'], 'the disk is full: free some space, or set DATA_DIR to a directory on another one'],
    [
      ['ENOTDIR', 'EEXIST'],
      'a file is in the place of a directory: move it away, or set DATA_DIR to another directory',
    ],
  ];
  const remedy = remedies.find(([codes]) => hasCode(error, ...codes))?.[1];
  if (!remedy) return error;
  return new Error(`The data directory ${dataDir} cannot be used (${messageOf(error)}): ${remedy}.`, { cause: error });
}
