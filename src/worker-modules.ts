import { AuthWorkerModule } from './auth/auth-worker.module';
import { IdempotencyWorkerModule } from './idempotency/idempotency-worker.module';
import { JobsWorkerModule } from './jobs/jobs-worker.module';
import { MailWorkerModule } from './mail/mail-worker.module';
import { NotesWorkerModule } from './notes/notes-worker.module';
import { TransferWorkerModule } from './transfer/transfer-worker.module';

/** All that handles jobs: in the worker process, and in the server unless `WORKER=off`. */
export const WORKER_MODULES = [
  JobsWorkerModule,
  IdempotencyWorkerModule,
  MailWorkerModule,
  AuthWorkerModule,
  NotesWorkerModule,
  TransferWorkerModule,
];
