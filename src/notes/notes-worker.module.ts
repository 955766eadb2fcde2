import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { ChangeNotesProcessor } from './bulk/change-notes.processor';
import { NoteSelection } from './bulk/note-selection';

/** Handles changes by filter. */
@Module({ imports: [JobsModule], providers: [ChangeNotesProcessor, NoteSelection] })
export class NotesWorkerModule {}
