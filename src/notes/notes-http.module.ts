import { Module } from '@nestjs/common';
import { NotesController } from './notes.controller';
import { NotesModule } from './notes.module';
import { TagsController } from './tags.controller';

@Module({ imports: [NotesModule], controllers: [NotesController, TagsController] })
export class NotesHttpModule {}
