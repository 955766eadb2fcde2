import { Module } from '@nestjs/common';
import { ChangesController } from './changes/changes.controller';
import { NoteBatchesController } from './note-batches.controller';
import { NotebooksController } from './notebooks/notebooks.controller';
import { NotesController } from './notes.controller';
import { NotesModule } from './notes.module';
import { TagsController } from './tags/tags.controller';

@Module({
  imports: [NotesModule],
  controllers: [NotesController, NoteBatchesController, NotebooksController, TagsController, ChangesController],
})
export class NotesHttpModule {}
