import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { NotesModule } from '../notes/notes.module';
import { StorageModule } from '../storage/storage.module';
import { ImportsService } from './imports.service';

@Module({
  imports: [JobsModule, StorageModule, NotesModule],
  providers: [ImportsService],
  exports: [ImportsService, JobsModule, StorageModule, NotesModule],
})
export class TransferModule {}
