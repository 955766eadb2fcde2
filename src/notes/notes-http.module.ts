import { Module } from '@nestjs/common';
import { AccessModule } from '../auth/access/access.module';
import { ChangesController } from './changes/changes.controller';
import { EventStreams } from './events/event-streams';
import { EventsController } from './events/events.controller';
import { EventsService } from './events/events.service';
import { FeedListener } from './events/feed-listener';
import { FacetsController } from './facets/facets.controller';
import { LinksController } from './links/links.controller';
import { NoteBatchesController } from './note-batches.controller';
import { NotebooksController } from './notebooks/notebooks.controller';
import { NotesController } from './notes.controller';
import { NotesModule } from './notes.module';
import { RelatedController } from './related/related.controller';
import { RevisionsController } from './revisions/revisions.controller';
import { SearchesController } from './searches/searches.controller';
import { TagsController } from './tags/tags.controller';

@Module({
  imports: [AccessModule, NotesModule],
  controllers: [
    FacetsController,
    NotesController,
    NoteBatchesController,
    NotebooksController,
    TagsController,
    SearchesController,
    ChangesController,
    EventsController,
    RevisionsController,
    LinksController,
    RelatedController,
  ],
  providers: [EventsService, EventStreams, FeedListener],
})
export class NotesHttpModule {}
