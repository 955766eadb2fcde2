import { type DynamicModule, Module } from '@nestjs/common';
import { AuthHttpModule } from './auth/auth-http.module';
import type { Config } from './config/config';
import { ConfigModule } from './config/config.module';
import { DatabaseModule } from './database/database.module';
import { HealthHttpModule } from './health/health-http.module';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { JobsHttpModule } from './jobs/jobs-http.module';
import { MailHttpModule } from './mail/mail-http.module';
import { NotesHttpModule } from './notes/notes-http.module';
import { SharingHttpModule } from './sharing/sharing-http.module';
import { TransferHttpModule } from './transfer/transfer-http.module';
import { UsersHttpModule } from './users/users-http.module';
import { WORKER_MODULES } from './worker-modules';

/** The server: features and their routes, and the handlers of jobs unless they run apart (`WORKER=off`). */
@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule,
        IdempotencyModule,
        AuthHttpModule,
        UsersHttpModule,
        NotesHttpModule,
        SharingHttpModule,
        TransferHttpModule,
        JobsHttpModule,
        MailHttpModule,
        HealthHttpModule,
        ...(config.WORKER === 'inline' ? WORKER_MODULES : []),
      ],
    };
  }
}
