import { Module } from '@nestjs/common';
import { ChangesController } from './changes/changes.controller';
import { FacetsController } from './facets/facets.controller';
import { NoteBatchesController } from './note-batches.controller';
import { NotebooksController } from './notebooks/notebooks.controller';
import { NotesController } from './notes.controller';
import { NotesModule } from './notes.module';
import { RevisionsController } from './revisions/revisions.controller';
import { SearchesController } from './searches/searches.controller';
import { TagsController } from './tags/tags.controller';

@Module({
  imports: [NotesModule],
  controllers: [
    FacetsController,
    NotesController,
    NoteBatchesController,
    NotebooksController,
    TagsController,
    SearchesController,
    ChangesController,
    RevisionsController,
  ],
})
export class NotesHttpModule {}
