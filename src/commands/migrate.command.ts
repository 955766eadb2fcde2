import { migrate, rollBack } from '../database/migrate';
import { openDatabase } from '../database/open-database';
import { createLogger } from '../telemetry/logger';
import { Config } from '../config/config';
import { commandConfig } from './with-application';

/** Migrates forward, or `down` steps back, and says what was done. */
export async function migrateCommand(options: { down?: number }): Promise<void> {
  const config = Object.assign(new Config(), commandConfig(), { MIGRATE_ON_START: false });
  const database = await openDatabase(config, createLogger(config));
  try {
    const { down } = options;
    const { ran } = down === undefined ? await migrate(database.config) : await rollBack(database.config, down);
    const done = down === undefined ? 'Migrated' : 'Undone';
    process.stdout.write(ran.length === 0 ? 'There is nothing to do.\n' : `${done}: ${ran.join(', ')}\n`);
  } finally {
    await database.close();
  }
}
