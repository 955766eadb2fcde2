import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../migrations';
import type { Config } from '../config/config';
import { SnakeCaseNamingStrategy } from './snake-case-naming-strategy';

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
    namingStrategy: new SnakeCaseNamingStrategy(),
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    extra: {
      statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
      lock_timeout: config.DATABASE_LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
    },
  };
}

/** A data source that only migrates: one connection, no statement timeout, since a migration may take its time. */
export function migrationDataSource(config: Config): DataSource {
  return new DataSource({
    ...dataSourceOptions(config, 'commonplace-migrate'),
    migrations,
    extra: { max: 2, keepAlive: true },
  } as DataSourceOptions);
}
