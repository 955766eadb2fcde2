import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { DeleteNotebookProcessor } from './notebooks/delete-notebook.processor';

@Module({ imports: [JobsModule], providers: [DeleteNotebookProcessor] })
export class NotesWorkerModule {}
