import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { Config } from '../config/config';
import { EmbeddedPostgres } from './embedded/embedded-postgres';
import { migrate } from './migrate';

const CONNECT_ATTEMPTS = 30;

export interface OpenDatabase {
  /** The configuration with `DATABASE_URL` set, whichever database it is. */
  config: Config;
  /** Lets go of the embedded server, if there is one. Call it after every pool is closed. */
  close(): Promise<void>;
}

/**
 * The database that the configuration asks for: the one at `DATABASE_URL`, waited for (30 s), or the embedded one under `DATA_DIR`, started or attached to.
 * Migrated, where `MIGRATE_ON_START` says so.
 * @throws Error with what to do when the database cannot be reached or migrated.
 */
export async function openDatabase(config: Config, logger: Logger): Promise<OpenDatabase> {
  if (config.DATABASE_URL !== undefined) {
    await waitForDatabase(config.DATABASE_URL, logger);
    await migrateOnStart(config, logger);
    return { config, close: () => Promise.resolve() };
  }
  const embedded = await EmbeddedPostgres.open({
    dataDir: config.dataDir,
    log: (level, message) => logger[level]({ component: 'embedded-postgres' }, message),
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
  const { ran } = await migrate(config);
  if (ran.length > 0) logger.info({ migrations: ran }, 'The database is migrated');
}

async function waitForDatabase(url: string, logger: Logger): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      application_name: 'commonplace-start',
    });
    try {
      await client.connect();
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message || error.name : String(error);
      if (attempt === CONNECT_ATTEMPTS || !isTransient(error)) {
        throw new Error(`The database at DATABASE_URL cannot be used: ${reason}`, { cause: error });
      }
      logger.warn({ attempt, reason }, 'The database does not answer yet; trying again');
      await sleep(1_000);
    } finally {
      await client.end();
    }
  }
}

/** Worth another try: no answer, or "starting up" (57P03) and "too many connections" (53300). Not: a wrong password or database. */
function isTransient(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^(28|3D)/.test(code);
}
