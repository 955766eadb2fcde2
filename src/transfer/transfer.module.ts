import { Module } from '@nestjs/common';
import { AuditModule } from '../auth/audit/audit.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { JobsModule } from '../jobs/jobs.module';
import { NotesModule } from '../notes/notes.module';
import { StorageModule } from '../storage/storage.module';
import { ExportsService } from './export/exports.service';
import { ImportsService } from './imports.service';

@Module({
  imports: [IdempotencyModule, JobsModule, StorageModule, NotesModule, AuditModule],
  providers: [ImportsService, ExportsService],
  exports: [ImportsService, ExportsService, JobsModule, StorageModule, NotesModule],
})
export class TransferModule {}
