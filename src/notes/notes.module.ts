import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { AccountNotes } from './account-notes';
import { ChangesService } from './changes/changes.service';
import { NoteExport } from './note-export';
import { NoteImport } from './note-import';
import { NoteList } from './note-list';
import { NoteSearch } from './note-search';
import { NotebooksService } from './notebooks/notebooks.service';
import { NotesService } from './notes.service';
import { TagsService } from './tags/tags.service';

@Module({
  imports: [JobsModule],
  providers: [
    NotesService,
    NotebooksService,
    NoteList,
    NoteSearch,
    NoteImport,
    NoteExport,
    TagsService,
    ChangesService,
    AccountNotes,
  ],
  exports: [NotesService, NotebooksService, NoteImport, NoteExport, TagsService, ChangesService],
})
export class NotesModule {}
