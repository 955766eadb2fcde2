import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from './config/config';
import { ConfigModule } from './config/config.module';
import { DatabaseModule } from './database/database.module';
import { HealthHttpModule } from './health/health-http.module';
import { WORKER_MODULES } from './worker-modules';

/** A process that only handles jobs: no route but the probes. */
@Module({})
export class WorkerModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: WorkerModule,
      imports: [ConfigModule.forRoot(config), DatabaseModule, HealthHttpModule, ...WORKER_MODULES],
    };
  }
}
