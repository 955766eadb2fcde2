import { runMigrations as runBullMqMigrations } from 'bullmq';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations';
import { hasCode, messageOf } from '../common/errors';
import type { Config } from '../config/config';
import { BULLMQ_SCHEMA } from './bullmq-schema';
import { migrationDataSource } from './data-source';
import { migrationClient, unusableDatabase } from './migration-client';

/** "COMMONPL" as a 64-bit integer: the advisory lock that only one migrating process holds. */
const MIGRATION_LOCK = '4850180318139666508';

export interface MigrationReport {
  /** Names of the migrations that were run (or undone), in order. */
  ran: string[];
}

/**
 * Brings the database up to date: our tables, and BullMQ's where the queue lives in PostgreSQL.
 * Holds an advisory lock meanwhile, so that any number of replicas may start at once: one migrates, the others wait and find nothing to do.
 */
export async function migrate(config: Config): Promise<MigrationReport> {
  return withMigrationLock(config, async (client) => {
    const dataSource = await migrationDataSource(config).initialize();
    try {
      const ran = await dataSource.runMigrations();
      if (config.REDIS_URL === undefined) await migrateQueues(client);
      return { ran: ran.map((migration) => migration.name) };
    } finally {
      await dataSource.destroy();
    }
  });
}

async function migrateQueues(client: Client): Promise<void> {
  try {
    await runBullMqMigrations(client, BULLMQ_SCHEMA);
  } catch (error) {
    if (!hasCode(error, '42501')) throw error;
    throw new Error(
      `The queue needs a schema of its own, and this role could not make it (${messageOf(error)}). ` +
        `Ask an administrator to run: grant create on database "${client.database}" to "${client.user}"; or set REDIS_URL`,
      { cause: error },
    );
  }
}

/** Undoes the last `steps` migrations of ours, newest first. */
export async function rollBack(config: Config, steps: number): Promise<MigrationReport> {
  return withMigrationLock(config, async () => {
    const dataSource = await migrationDataSource(config).initialize();
    try {
      const [table] = await dataSource.query<{ name: string | null }[]>(`select to_regclass('migrations') as name`);
      if (!table?.name) return { ran: [] };
      const last = await dataSource.query<{ name: string }[]>(`select name from migrations order by id desc limit $1`, [
        steps,
      ]);
      for (let undone = 0; undone < last.length; undone += 1) await dataSource.undoLastMigration();
      return { ran: last.map((row) => row.name) };
    } finally {
      await dataSource.destroy();
    }
  });
}

/** True when no migration waits; the readiness probe asks. */
export async function migrationsAreCurrent(dataSource: DataSource): Promise<boolean> {
  const rows = await dataSource.query<{ name: string }[]>(`select name from migrations`);
  const done = new Set(rows.map((row) => row.name));
  return migrations.every((migration) => done.has(migration.name));
}

async function withMigrationLock<T>(config: Config, run: (client: Client) => Promise<T>): Promise<T> {
  const client = migrationClient(config.DATABASE_URL);
  await client.connect().catch((error: unknown) => {
    throw unusableDatabase(error);
  });
  try {
    await client.query(`select pg_advisory_lock(${MIGRATION_LOCK})`);
    return await run(client);
  } finally {
    await client.end();
  }
}
