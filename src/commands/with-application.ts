import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Config } from '../config/config';
import { loadConfig } from '../config/load-config';
import { openDatabase } from '../database/open-database';
import { createLogger } from '../telemetry/logger';
import { NestLogger } from '../telemetry/nest-logger';
import { CommandModule } from './command.module';

/** The configuration of a command: quiet unless `LOG_LEVEL` says otherwise, since its output is for a person. */
export function commandConfig(): Config {
  return loadConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' });
}

/** Runs `work` with the services of the application, without its HTTP server; beside a running server, on the same embedded database. */
export async function withApplication<T>(work: (application: INestApplicationContext) => Promise<T>): Promise<T> {
  const config = commandConfig();
  const logger = createLogger(config);
  const database = await openDatabase(config, logger);
  try {
    const application = await NestFactory.createApplicationContext(CommandModule.forRoot(database.config), {
      logger: new NestLogger(logger),
      abortOnError: false,
    });
    try {
      return await work(application);
    } finally {
      await application.close();
    }
  } finally {
    await database.close();
  }
}
