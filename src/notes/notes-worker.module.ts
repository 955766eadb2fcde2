import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { ChangeRetention } from './changes/change-retention';
import { DeleteNotebookProcessor } from './notebooks/delete-notebook.processor';
import { ChangeTagProcessor } from './tags/change-tag.processor';

@Module({ imports: [JobsModule], providers: [DeleteNotebookProcessor, ChangeTagProcessor, ChangeRetention] })
export class NotesWorkerModule {}
