import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Application } from './application';
import type { Config } from './config/config';
import { ConfigError, loadConfig } from './config/load-config';
import { type OpenDatabase, openDatabase } from './database/open-database';
import { createLogger } from './telemetry/logger';

/** A process that serves: what it consists of and where it listens. */
export interface ServerProcess {
  name: string;
  /** Loads its root module, with all that it consists of. */
  load(): { forRoot(config: Config): DynamicModule };
  port(config: Config): number;
  runsJobs(config: Config): boolean;
}

interface Running {
  application: Application;
  database: OpenDatabase;
}

/** Starts a process and stops it cleanly on SIGTERM and SIGINT. Exits with 1 when it cannot start. */
export async function serve(server: ServerProcess): Promise<void> {
  let logger: Logger | undefined;
  try {
    const config = loadConfig();
    logger = createLogger(config);
    const stopping = new AbortController();
    const starting = start(server, config, logger, stopping.signal);
    stopOnSignals(starting, config, logger, stopping);
    await starting;
  } catch (error) {
    reportFailure(error, logger);
    process.exitCode = 1;
    // What is half open (pools, timers) must not keep a process that failed to start.
    setTimeout(() => process.exit(1), 500).unref();
  }
}

/** @returns null when it was stopped before it served. */
async function start(
  server: ServerProcess,
  config: Config,
  logger: Logger,
  stopping: AbortSignal,
): Promise<Running | null> {
  let onWait!: () => void;
  const waiting = new Promise<void>((resolve) => {
    onWait = resolve;
  });
  const opening = openDatabase(config, logger, onWait);
  await Promise.race([waiting, opening]);
  // Loading keeps this process busy for a second and more; an embedded database starts meanwhile, in a process of its own.
  const { Application } = require('./application') as typeof import('./application');
  const module = server.load();
  const database = await opening;
  if (stopping.aborted) {
    await database.close();
    return null;
  }
  try {
    const application = await Application.start({
      module: module.forRoot(database.config),
      config: database.config,
      logger,
      port: server.port(config),
      runsJobs: server.runsJobs(config),
    });
    logger.info({ startMs: Math.round(process.uptime() * 1000) }, `${server.name} is ready at ${application.url}`);
    return { application, database };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** From the very start: a signal that comes meanwhile stops what there is by then. */
function stopOnSignals(
  starting: Promise<Running | null>,
  config: Config,
  logger: Logger,
  stopping: AbortController,
): void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) {
      logger.warn(`${signal} again: stopping at once`);
      process.exit(1);
    }
    stopping.abort();
    logger.info(`${signal}: stopping`);
    setTimeout(() => {
      logger.error('Stopping took too long; what was not finished is taken up at the next start');
      process.exit(1);
    }, config.SHUTDOWN_DRAIN_MS + config.SHUTDOWN_TIMEOUT_MS).unref();
    void stopAndExit(starting, config, logger);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'Nobody dealt with this error; the process ends');
    process.exit(1);
  });
}

async function stopAndExit(starting: Promise<Running | null>, config: Config, logger: Logger): Promise<void> {
  // A start that fails is reported, and ends the process, in `serve`.
  const running = await starting.catch(() => undefined);
  if (running === undefined) return;
  try {
    if (running !== null) await stop(running, config);
    logger.info('Stopped');
    logger.flush(() => process.exit(0));
  } catch (error) {
    logger.error({ err: error }, 'Stopping failed');
    logger.flush(() => process.exit(1));
  }
}

/** Not ready any more; then no more requests and jobs, and last the embedded database. */
async function stop({ application, database }: Running, config: Config): Promise<void> {
  application.beginShutdown();
  await sleep(config.SHUTDOWN_DRAIN_MS);
  await application.stop(config.SHUTDOWN_TIMEOUT_MS / 2);
  await database.close();
}

function reportFailure(error: unknown, logger: Logger | undefined): void {
  if (logger === undefined || error instanceof ConfigError) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return;
  }
  logger.fatal({ err: error }, error instanceof Error ? error.message : 'The start failed');
}
