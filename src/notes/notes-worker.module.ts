import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { ChangeNotesProcessor } from './bulk/change-notes.processor';
import { NoteSelection } from './bulk/note-selection';
import { ChangeRetention } from './changes/change-retention';
import { LinkBacklog } from './links/link-backlog';
import { DeleteNotebookProcessor } from './notebooks/delete-notebook.processor';
import { FillLanguages } from './languages/fill-languages';
import { NotesModule } from './notes.module';
import { RevisionRetention } from './revisions/revision-retention';
import { SearchWords } from './search-words';
import { ChangeTagProcessor } from './tags/change-tag.processor';
import { TrashRetention } from './trash/trash-retention';

/** Handles changes of many notes, finds out languages, forgets old deletions and revisions, and empties the trash. */
@Module({
  imports: [JobsModule, NotesModule],
  providers: [
    ChangeNotesProcessor,
    NoteSelection,
    DeleteNotebookProcessor,
    ChangeTagProcessor,
    SearchWords,
    LinkBacklog,
    FillLanguages,
    ChangeRetention,
    RevisionRetention,
    TrashRetention,
  ],
})
export class NotesWorkerModule {}
