import { Module } from '@nestjs/common';
import { NoteBatchesController } from './note-batches.controller';
import { NotesController } from './notes.controller';
import { NotesModule } from './notes.module';
import { TagsController } from './tags.controller';

@Module({ imports: [NotesModule], controllers: [NotesController, NoteBatchesController, TagsController] })
export class NotesHttpModule {}
