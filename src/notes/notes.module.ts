import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { JobsModule } from '../jobs/jobs.module';
import { UsersModule } from '../users/users.module';
import { AccountNotes } from './account-notes';
import { NoteBatchService } from './batch/note-batch.service';
import { NoteBulkService } from './bulk/note-bulk.service';
import { ChangesService } from './changes/changes.service';
import { SyncedTypes } from './changes/synced-types';
import { FacetsService } from './facets/facets.service';
import { LinksService } from './links/links.service';
import { ConditionReader } from './note-conditions';
import { Stems } from './languages/stems';
import { UserLanguages } from './languages/user-languages';
import { NoteChanges } from './note-changes';
import { NoteExport } from './note-export';
import { NoteHits } from './note-headlines';
import { NoteImport } from './note-import';
import { NoteList } from './note-list';
import { NotePages } from './note-pages';
import { NoteSearch } from './note-search';
import { NoteSpelling } from './note-spelling';
import { NotebooksService } from './notebooks/notebooks.service';
import { NotesService } from './notes.service';
import { RelatedService } from './related/related.service';
import { RevisionExport } from './revisions/revision-export';
import { RevisionsService } from './revisions/revisions.service';
import { SearchesService } from './searches/searches.service';
import { TagsService } from './tags/tags.service';

@Module({
  imports: [DiscoveryModule, JobsModule, UsersModule],
  providers: [
    NotesService,
    NoteChanges,
    NoteBatchService,
    NoteBulkService,
    NotebooksService,
    TagsService,
    ChangesService,
    SyncedTypes,
    UserLanguages,
    Stems,
    ConditionReader,
    NoteHits,
    NoteList,
    NoteSearch,
    NoteSpelling,
    NotePages,
    FacetsService,
    NoteImport,
    NoteExport,
    AccountNotes,
    SearchesService,
    RevisionsService,
    RevisionExport,
    LinksService,
    RelatedService,
  ],
  exports: [
    ConditionReader,
    NotesService,
    NoteBatchService,
    NoteBulkService,
    NotebooksService,
    TagsService,
    ChangesService,
    FacetsService,
    SearchesService,
    RevisionsService,
    LinksService,
    RelatedService,
    NoteImport,
    NoteExport,
    RevisionExport,
  ],
})
export class NotesModule {}
