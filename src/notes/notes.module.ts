import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { UsersModule } from '../users/users.module';
import { AccountNotes } from './account-notes';
import { NoteBatchService } from './batch/note-batch.service';
import { NoteBulkService } from './bulk/note-bulk.service';
import { ChangesService } from './changes/changes.service';
import { NoteChanges } from './note-changes';
import { NoteExport } from './note-export';
import { NoteImport } from './note-import';
import { NoteList } from './note-list';
import { NoteSearch } from './note-search';
import { NotebooksService } from './notebooks/notebooks.service';
import { NotesService } from './notes.service';
import { TagsService } from './tags/tags.service';

@Module({
  imports: [JobsModule, UsersModule],
  providers: [
    NotesService,
    NoteChanges,
    NoteBatchService,
    NoteBulkService,
    NotebooksService,
    TagsService,
    ChangesService,
    NoteList,
    NoteSearch,
    NoteImport,
    NoteExport,
    AccountNotes,
  ],
  exports: [
    NotesService,
    NoteBatchService,
    NoteBulkService,
    NotebooksService,
    TagsService,
    ChangesService,
    NoteImport,
    NoteExport,
  ],
})
export class NotesModule {}
