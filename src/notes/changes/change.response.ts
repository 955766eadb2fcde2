import { ApiProperty, OmitType } from '@nestjs/swagger';
import { NoteResponse } from '../note.response';
import { NotebookResponse } from '../notebooks/notebook.response';
import { SavedSearchResponse } from '../searches/search.response';
import { TagResponse } from '../tags/tag.response';
import { CHANGE_TYPES, type ChangeType } from './change-types';
import { SyncedShare } from './synced-share.response';

/** A notebook without the count of its notes, which changes without the notebook. */
export class SyncedNotebook extends OmitType(NotebookResponse, ['noteCount']) {}

/** A tag without the count of its notes, which changes without the tag. */
export class SyncedTag extends OmitType(TagResponse, ['count']) {}

/** What a change is about, as it is now; null for what it is not about, and when it is gone. */
export class ChangedEntity {
  @ApiProperty({ type: NoteResponse, nullable: true, description: 'The note, when it is one' })
  note!: NoteResponse | null;

  @ApiProperty({ type: SyncedNotebook, nullable: true, description: 'The notebook, when it is one' })
  notebook!: SyncedNotebook | null;

  @ApiProperty({ type: SyncedTag, nullable: true, description: 'The tag, when it is one' })
  tag!: SyncedTag | null;

  @ApiProperty({ type: SavedSearchResponse, nullable: true, description: 'The saved search, when it is one' })
  search!: SavedSearchResponse | null;

  @ApiProperty({ type: SyncedShare, nullable: true, description: 'The share, when it is one' })
  share!: SyncedShare | null;
}

export class ChangeResponse extends ChangedEntity {
  @ApiProperty({ type: 'integer', description: 'Its number in your feed: later changes have higher ones', example: 42 })
  seq!: number;

  @ApiProperty({ enum: CHANGE_TYPES, example: 'note' })
  type!: ChangeType;

  @ApiProperty({ format: 'uuid', description: 'Of what changed', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ description: 'Whether it is gone for good; a note in the trash is not', example: false })
  deleted!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  changedAt!: string;
}

export class ChangesPageInfo {
  @ApiProperty({ description: 'Pass it as `since` for what comes next; keep it. There always is one' })
  nextCursor!: string;

  @ApiProperty({ description: 'Whether there is more now', example: false })
  hasMore!: boolean;
}

export class ChangesPage {
  @ApiProperty({ type: [ChangeResponse], description: 'In the order of changes' })
  data!: ChangeResponse[];

  @ApiProperty({ type: ChangesPageInfo, description: 'Where to go on' })
  page!: ChangesPageInfo;
}
