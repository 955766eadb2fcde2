import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Config } from './config/config';
import { ConfigError, loadConfig } from './config/load-config';
import { configureApp, createAdapter } from './configure-app';
import { type OpenDatabase, openDatabase } from './database/open-database';
import { HealthService } from './health/health.service';
import { JobsWorkerStarter } from './jobs/jobs-worker-starter';
import { createLogger, NestLogger } from './telemetry/logger';

/** A process that serves: what it consists of and where it listens. */
export interface ServerProcess {
  name: string;
  module(config: Config): DynamicModule;
  port(config: Config): number;
  runsJobs(config: Config): boolean;
}

interface Running {
  app: NestFastifyApplication;
  database: OpenDatabase;
  workers: JobsWorkerStarter | undefined;
}

/** Starts a process and stops it cleanly on SIGTERM and SIGINT. Exits with 1 when it cannot start. */
export async function serve(server: ServerProcess): Promise<void> {
  let logger: Logger | undefined;
  try {
    const config = loadConfig();
    logger = createLogger(config);
    const starting = start(server, config, logger);
    stopOnSignals(starting, config, logger);
    await starting;
  } catch (error) {
    reportFailure(error, logger);
    process.exitCode = 1;
    // What is half open (pools, timers) must not keep a process that failed to start.
    setTimeout(() => process.exit(1), 500).unref();
  }
}

async function start(server: ServerProcess, config: Config, logger: Logger): Promise<Running> {
  const database = await openDatabase(config, logger);
  try {
    const adapter = createAdapter(database.config, logger);
    const nestLogger = new NestLogger(logger);
    const options = { logger: nestLogger, abortOnError: false };
    const app = await NestFactory.create<NestFastifyApplication>(server.module(database.config), adapter, options);
    await configureApp(app);
    await app.listen(server.port(config), config.HOST);
    // Last: a worker that starts before the queue's tables are there would spin.
    const workers = server.runsJobs(config) ? app.get(JobsWorkerStarter) : undefined;
    workers?.start();
    const address = await app.getUrl();
    logger.info({ startMs: Math.round(process.uptime() * 1000) }, `${server.name} is ready at ${address}`);
    return { app, database, workers };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** From the very start: a signal that comes meanwhile stops the server once it runs. */
function stopOnSignals(starting: Promise<Running>, config: Config, logger: Logger): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) {
      logger.warn(`${signal} again: stopping at once`);
      process.exit(1);
    }
    stopping = true;
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

async function stopAndExit(starting: Promise<Running>, config: Config, logger: Logger): Promise<void> {
  // A start that fails is reported, and ends the process, in `serve`.
  const running = await starting.catch(() => undefined);
  if (running === undefined) return;
  try {
    await stop(running, config);
    logger.info('Stopped');
    logger.flush(() => process.exit(0));
  } catch (error) {
    logger.error({ err: error }, 'Stopping failed');
    logger.flush(() => process.exit(1));
  }
}

/** Not ready any more; then accept nothing, finish what runs, stop the workers, close the pools, stop the embedded database. */
async function stop({ app, database, workers }: Running, config: Config): Promise<void> {
  app.get(HealthService).beginShutdown();
  await sleep(config.SHUTDOWN_DRAIN_MS);
  await closeHttp(app);
  await workers?.stop(config.SHUTDOWN_TIMEOUT_MS / 2);
  await app.close();
  await database.close();
}

/** Ends when the last answer is sent: a connection that a client keeps open after its answer is not waited for. */
async function closeHttp(app: NestFastifyApplication): Promise<void> {
  const closing = setInterval(() => app.getHttpServer().closeIdleConnections(), 50);
  try {
    await app.getHttpAdapter().close();
  } finally {
    clearInterval(closing);
  }
}

function reportFailure(error: unknown, logger: Logger | undefined): void {
  if (logger === undefined || error instanceof ConfigError) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return;
  }
  logger.fatal({ err: error }, error instanceof Error ? error.message : 'The start failed');
}
