import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf, propertyOf } from '../common/errors';
import { Config } from '../config/config';
import { EmbeddedPostgres } from './embedded/embedded-postgres';
import { migrationClient, unusableDatabase } from './migration-client';

/** How long a database that does not answer is waited for: long enough for one that starts at the same time. */
const WAIT_MS = 30_000;

export interface OpenDatabase {
  /** The configuration with `DATABASE_URL` set, whichever database it is. */
  config: Config;
  /** Lets go of the embedded server, if there is one. Call it after every pool is closed. */
  close(): Promise<void>;
}

/**
 * The database that the configuration asks for: the one at `DATABASE_URL`, waited for (30 s), or the embedded one under `DATA_DIR`, started or attached to.
 * Migrated, where `MIGRATE_ON_START` says so.
 * @param onWait called once nothing is left to do but wait for it: the time for work that would keep this process from starting it
 * @throws Error with what to do when the database cannot be reached or migrated.
 */
export async function openDatabase(config: Config, logger: Logger, onWait?: () => void): Promise<OpenDatabase> {
  if (config.DATABASE_URL !== undefined) {
    const waiting = waitForDatabase(config.DATABASE_URL, logger);
    onWait?.();
    await waiting;
    await migrateOnStart(config, logger);
    return { config, close: () => Promise.resolve() };
  }
  const embedded = await EmbeddedPostgres.open({
    dataDir: config.dataDir,
    log: (level, message) => logger[level]({ component: 'embedded-postgres' }, message),
    onWait,
  });
  try {
    const withUrl = Object.assign(new Config(), config, { DATABASE_URL: embedded.url });
    await migrateOnStart(withUrl, logger);
    return { config: withUrl, close: () => embedded.close() };
  } catch (error) {
    await embedded.close();
    throw error;
  }
}

async function migrateOnStart(config: Config, logger: Logger): Promise<void> {
  if (!config.MIGRATE_ON_START) return;
  // It brings TypeORM and BullMQ, which take longer to load than the database takes to start.
  const { migrate } = require('./migrate') as typeof import('./migrate');
  const { ran } = await migrate(config);
  if (ran.length > 0) logger.info({ migrations: ran }, 'The database is migrated');
}

async function waitForDatabase(url: string, logger: Logger): Promise<void> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const reason = await tryConnection(url);
    if (reason === undefined) return;
    if (!isWorthAnotherTry(reason) || Date.now() > end) throw unusableDatabase(reason);
    logger.warn({ reason: messageOf(reason) }, 'The database does not answer yet; trying again');
    await sleep(1_000);
  }
}

/** @returns why there is no connection; undefined when there is one. */
async function tryConnection(url: string): Promise<unknown> {
  try {
    const client = migrationClient(url);
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** No answer, "starting up" (57P03), "too many connections" (53300). Not: a wrong address, password or database. */
function isWorthAnotherTry(reason: unknown): boolean {
  return !/^(28|3D|ERR_INVALID_URL)/.test(String(propertyOf(reason, 'code')));
}
