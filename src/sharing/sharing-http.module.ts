import { Module } from '@nestjs/common';
import { AuditModule } from '../auth/audit/audit.module';
import { LimitsModule } from '../auth/limits/limits.module';
import { MarkdownRenderer } from './markdown/markdown-renderer';
import { ShareChanges } from './share-changes';
import { SharePagesController } from './shared/share-pages.controller';
import { SharePagesService } from './shared/share-pages.service';
import { ShareViews } from './shared/share-views';
import { SharedNotesController } from './shared/shared-notes.controller';
import { SharedNotesService } from './shared/shared-notes.service';
import { SharesController } from './shares.controller';
import { SharesService } from './shares.service';

/** Links to notes for people without an account. Without workers: nothing of it is done later. */
@Module({
  imports: [AuditModule, LimitsModule],
  controllers: [SharesController, SharedNotesController, SharePagesController],
  providers: [SharesService, ShareChanges, SharedNotesService, ShareViews, SharePagesService, MarkdownRenderer],
})
export class SharingHttpModule {}
