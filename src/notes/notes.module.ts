import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module';
import { AccountNotes } from './account-notes';
import { NoteExport } from './note-export';
import { NoteImport } from './note-import';
import { NoteList } from './note-list';
import { NoteSearch } from './note-search';
import { NotesService } from './notes.service';
import { TagsService } from './tags.service';

@Module({
  imports: [UsersModule],
  providers: [NotesService, NoteList, NoteSearch, NoteImport, NoteExport, TagsService, AccountNotes],
  exports: [NotesService, NoteImport, NoteExport, TagsService],
})
export class NotesModule {}
