import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module';
import { AccountNotes } from './account-notes';
import { FacetsService } from './facets/facets.service';
import { NoteExport } from './note-export';
import { NoteImport } from './note-import';
import { NoteList } from './note-list';
import { NotePages } from './note-pages';
import { NoteSearch } from './note-search';
import { NoteSpelling } from './note-spelling';
import { NotebooksService } from './notebooks/notebooks.service';
import { NotesService } from './notes.service';
import { SearchesService } from './searches/searches.service';
import { TagsService } from './tags/tags.service';

@Module({
  imports: [JobsModule],
  providers: [
    NotesService,
    NotebooksService,
    NoteList,
    NoteSearch,
    NoteSpelling,
    NotePages,
    NoteImport,
    NoteExport,
    TagsService,
    AccountNotes,
    FacetsService,
    SearchesService,
  ],
  exports: [NotesService, FacetsService, SearchesService, NotebooksService, NoteImport, NoteExport, TagsService],
})
export class NotesModule {}
