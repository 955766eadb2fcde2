import type { Socket } from 'node:net';
import { AbstractLogger, DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../migrations';
import type { Config } from '../config/config';
import { SnakeCaseNamingStrategy } from './snake-case-naming-strategy';

/** How much later than a statement's own timeout an answer may come. */
const SILENCE_MS = 5_000;

/** TypeORM would print failed migrations to standard output, among the lines of JSON. What fails is thrown, and logged where it is caught. */
class SilentLogger extends AbstractLogger {
  protected override writeLog(): void {}
}

/**
 * The data source, defined once: the server, the workers, the CLI and the tests use the same options.
 * TLS is asked for in the URL (`?sslmode=require`, `verify-full` with `sslrootcert=`), as libpq does.
 */
export function dataSourceOptions(config: Config, applicationName: string): DataSourceOptions {
  return {
    type: 'postgres',
    url: config.DATABASE_URL,
    applicationName,
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMS: 5_000,
    logger: new SilentLogger(),
    namingStrategy: new SnakeCaseNamingStrategy(),
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    extra: {
      statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
      lock_timeout: config.DATABASE_LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
      // Statements that are sent to one client at once do not wait for each other: see `Pipelines`.
      pipeline: true,
      onConnect: (client: { connection: { stream: Socket } }) =>
        endWhenSilent(client.connection.stream, config.DATABASE_STATEMENT_TIMEOUT_MS + SILENCE_MS),
    },
  };
}

/**
 * Ends a connection that says nothing for longer than a statement may take: the machine at its other end is gone, and did not say so. TCP alone finds that
 * out after a quarter of an hour, with every request that uses the connection waiting meanwhile.
 */
function endWhenSilent(stream: Socket, ms: number): void {
  stream.setTimeout(ms, () => stream.destroy(new Error('Connection terminated: the database does not answer')));
}

/** A data source that only migrates: one connection, no statement timeout, since a migration may take its time. */
export function migrationDataSource(config: Config): DataSource {
  return new DataSource({
    ...dataSourceOptions(config, 'commonplace-migrate'),
    migrations,
    extra: { max: 2, keepAlive: true },
  } as DataSourceOptions);
}
