import { ApiProperty } from '@nestjs/swagger';
import { SyncedShare } from '../notes/changes/synced-share.response';
import type { ShareRow } from './shares.queries';

/** A share without what is secret of it. */
export class ShareResponse extends SyncedShare {
  @ApiProperty({ type: 'integer', description: 'How often the note was read by the link', example: 3 })
  viewCount!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null: it was never read',
    example: '2026-11-23T18:00:00.000Z',
  })
  lastViewedAt!: string | null;

  static from(this: void, row: ShareRow): ShareResponse {
    return {
      ...syncedShare(row),
      viewCount: Number(row.view_count),
      lastViewedAt: row.last_viewed_at?.toISOString() ?? null,
    };
  }
}

/** A share that was just made. */
export class MadeShareResponse extends ShareResponse {
  @ApiProperty({
    description: 'What the link ends with. It is shown this once, and stored nowhere',
    example: 'pXq0T2Xw3b5mQ9sYd7uAa4',
  })
  token!: string;

  @ApiProperty({ description: 'The link', example: 'https://notes.example.org/s/pXq0T2Xw3b5mQ9sYd7uAa4' })
  url!: string;
}

/** A share as clients keep it. */
export function syncedShare(row: ShareRow): SyncedShare {
  return {
    id: row.id,
    noteId: row.note_id,
    hasPassword: row.has_password,
    expiresAt: row.expires_at?.toISOString() ?? null,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
