import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { pino } from 'pino';
import { AppModule } from '../../src/app.module';
import { loadConfig } from '../../src/config/load-config';
import { configureApp, createAdapter } from '../../src/configure-app';
import { JobsWorkerStarter } from '../../src/jobs/jobs-worker-starter';
import { NestLogger } from '../../src/telemetry/nest-logger';
import { Client } from './client';
import { createTestDatabase } from './database';
import { leaveRedisDatabase, redisDatabaseFor } from './redis-database';

export interface TestApp {
  app: NestFastifyApplication;
  client: Client;
  databaseUrl: string;
  dataDir: string;
  close(): Promise<void>;
}

export interface TestAppOptions {
  environment?: Record<string, string>;
  /** Where log lines go; nowhere unless given. */
  logger?: Logger;
  /** An existing database and data directory, for a second start on the same ones. */
  databaseUrl?: string;
  dataDir?: string;
}

declare global {
  /** What is still to be closed, for `TestEnvironment`. */
  var openApps: Set<() => Promise<void>> | undefined;
}

/** The server as it is served, on a free port of the loopback, with a database and a data directory of its own. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'commonplace-app-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    REDIS_URL: await redisDatabaseFor(databaseUrl),
    SIGN_IN_LIMIT_PER_ADDRESS: '100000',
    SIGN_IN_LIMIT_PER_ACCOUNT: '100000',
    ...options.environment,
  });
  const logger = options.logger ?? pino({ level: 'silent' });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    createAdapter(config, logger),
    {
      logger: new NestLogger(logger),
      abortOnError: false,
    },
  );
  await configureApp(app);
  await app.listen(config.PORT, '127.0.0.1');
  const workers = config.WORKER === 'inline' ? app.get(JobsWorkerStarter) : undefined;
  workers?.start();
  const open = (globalThis.openApps ??= new Set());
  const close = async (): Promise<void> => {
    open.delete(close);
    await workers?.stop(5_000);
    await app.close();
    if (database !== undefined) leaveRedisDatabase(database.url);
    await database?.drop();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  open.add(close);
  return { app, client: new Client(await app.getUrl()), databaseUrl, dataDir, close };
}

type Start = typeof startTestApp;

/** Modules whose server is closed: loading them once more takes seconds. */
const spareModules: Start[] = [];

/**
 * Another server beside a running one, as another process would be: with modules of its own, since Passport keeps its strategies in one place a
 * process, where the second server's would take the place of the first's.
 */
export async function startReplica(options: TestAppOptions): Promise<TestApp> {
  const start = spareModules.pop() ?? (await loadModules());
  const replica = await start(options);
  const close = async (): Promise<void> => {
    await replica.close();
    spareModules.push(start);
  };
  return { ...replica, close };
}

async function loadModules(): Promise<Start> {
  let start: Start | undefined;
  await jest.isolateModulesAsync(async () => {
    require('reflect-metadata');
    start = (require('./app') as { startTestApp: Start }).startTestApp;
  });
  if (start === undefined) throw new Error('The modules were not loaded');
  return start;
}
