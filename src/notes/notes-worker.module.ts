import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { ChangeNotesProcessor } from './bulk/change-notes.processor';
import { NoteSelection } from './bulk/note-selection';
import { ChangeRetention } from './changes/change-retention';
import { DeleteNotebookProcessor } from './notebooks/delete-notebook.processor';
import { NotesModule } from './notes.module';
import { SearchWords } from './search-words';
import { ChangeTagProcessor } from './tags/change-tag.processor';

/** Handles changes of many notes, and forgets old deletions. */
@Module({
  imports: [JobsModule, NotesModule],
  providers: [
    ChangeNotesProcessor,
    NoteSelection,
    DeleteNotebookProcessor,
    ChangeTagProcessor,
    SearchWords,
    ChangeRetention,
  ],
})
export class NotesWorkerModule {}
