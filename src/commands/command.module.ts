import { type DynamicModule, Module } from '@nestjs/common';
import { AdministrationModule } from '../auth/administration/administration.module';
import type { Config } from '../config/config';
import { UsersModule } from '../users/users.module';
import { WorkerModule } from '../worker.module';

/** What commands work with: the services and job handlers of a worker, and accounts. */
@Module({})
export class CommandModule {
  static forRoot(config: Config): DynamicModule {
    return { module: CommandModule, imports: [WorkerModule.forRoot(config), UsersModule, AdministrationModule] };
  }
}
