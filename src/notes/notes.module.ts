import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { AccountNotes } from './account-notes';
import { NoteBatchService } from './batch/note-batch.service';
import { NoteBulkService } from './bulk/note-bulk.service';
import { NoteExport } from './note-export';
import { NoteImport } from './note-import';
import { NoteList } from './note-list';
import { NoteSearch } from './note-search';
import { NotesService } from './notes.service';
import { TagsService } from './tags.service';

@Module({
  imports: [JobsModule],
  providers: [
    NotesService,
    NoteList,
    NoteSearch,
    NoteImport,
    NoteExport,
    TagsService,
    AccountNotes,
    NoteBatchService,
    NoteBulkService,
  ],
  exports: [NotesService, NoteBatchService, NoteBulkService, NoteImport, NoteExport, TagsService],
})
export class NotesModule {}
