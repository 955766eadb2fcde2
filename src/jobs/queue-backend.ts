import { setTimeout as sleep } from 'node:timers/promises';
import {
  assertSchemaCompatibility,
  type BackendFactory,
  createRedisBackend,
  type IQueueBackend,
  PostgresConnection,
  PostgresQueueBackend,
} from 'bullmq';
import { Pool } from 'pg';
import { BULLMQ_SCHEMA } from '../database/bullmq-schema';

/** Wait after a failed look into the queue. */
const PATIENCE_MS = 1_000;

/** BullMQ's backend for a connection of `QueueConnection`: PostgreSQL when it carries a pool, else Redis. */
export const queueBackend: BackendFactory<IQueueBackend> = (name, opts, options) => {
  const { connection } = opts;
  const pool: unknown = 'pool' in connection ? connection.pool : undefined;
  if (!(pool instanceof Pool)) return createRedisBackend(name, opts, options);
  return new PatientPostgresBackend(new LastingPostgresConnection(pool), name, { ...opts, connection: pool });
};

/** Looks at the schema again when that failed: BullMQ's own remembers a failure for ever, and the queue with it would be dead until a restart. */
class LastingPostgresConnection extends PostgresConnection {
  private checked: Promise<void> | undefined;

  override waitUntilReady(): Promise<void> {
    this.checked ??= this.check().catch((error: unknown) => {
      this.checked = undefined;
      throw error;
    });
    return this.checked;
  }

  private async check(): Promise<void> {
    await assertSchemaCompatibility(this.pool, BULLMQ_SCHEMA);
  }
}

/** BullMQ asks for the next job again at once after any error that is not a refused connection; a database that starts would be asked thousands of times a second. */
class PatientPostgresBackend extends PostgresQueueBackend {
  override async moveToActive(
    ...args: Parameters<PostgresQueueBackend['moveToActive']>
  ): ReturnType<PostgresQueueBackend['moveToActive']> {
    try {
      return await super.moveToActive(...args);
    } catch (error) {
      await sleep(PATIENCE_MS);
      throw error;
    }
  }
}
