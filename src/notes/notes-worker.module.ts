import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { DeleteNotebookProcessor } from './notebooks/delete-notebook.processor';
import { SearchWords } from './search-words';
import { ChangeTagProcessor } from './tags/change-tag.processor';

@Module({ imports: [JobsModule], providers: [DeleteNotebookProcessor, ChangeTagProcessor, SearchWords] })
export class NotesWorkerModule {}
