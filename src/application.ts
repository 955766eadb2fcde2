import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Config } from './config/config';
import { configureApp, createAdapter } from './configure-app';
import { HealthService } from './health/health.service';
import { JobsWorkerStarter } from './jobs/jobs-worker-starter';
import { NestLogger } from './telemetry/nest-logger';

export interface ApplicationOptions {
  module: DynamicModule;
  config: Config;
  logger: Logger;
  port: number;
  runsJobs: boolean;
}

/** A Nest application that listens, with the workers of its jobs where it runs them. */
export class Application {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly workers: JobsWorkerStarter | undefined,
    readonly url: string,
  ) {}

  static async start({ module, config, logger, port, runsJobs }: ApplicationOptions): Promise<Application> {
    const options = { logger: new NestLogger(logger), abortOnError: false };
    const app = await NestFactory.create<NestFastifyApplication>(module, createAdapter(config, logger), options);
    await configureApp(app);
    await app.listen(port, config.HOST);
    // Last: a worker that starts before the queue's tables are there would spin.
    const workers = runsJobs ? app.get(JobsWorkerStarter) : undefined;
    workers?.start();
    return new Application(app, workers, await app.getUrl());
  }

  /** From now on it is not ready, and still serves: load balancers look elsewhere. */
  beginShutdown(): void {
    this.app.get(HealthService).beginShutdown();
  }

  /** Accepts nothing, finishes what runs, stops the workers within `workersMs`, closes the pools. */
  async stop(workersMs: number): Promise<void> {
    // Ends when the last answer is sent: see `endIdleConnections`.
    await this.app.getHttpAdapter().close();
    await this.workers?.stop(workersMs);
    await this.app.close();
  }
}
