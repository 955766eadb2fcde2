import { Module } from '@nestjs/common';
import { NoteImport } from './note-import';
import { NoteList } from './note-list';
import { NoteSearch } from './note-search';
import { NotesService } from './notes.service';
import { TagsService } from './tags.service';

@Module({
  providers: [NotesService, NoteList, NoteSearch, NoteImport, TagsService],
  exports: [NotesService, NoteImport, TagsService],
})
export class NotesModule {}
