import { ApiProperty } from '@nestjs/swagger';
import type { SharedNoteRow } from '../shares.queries';

/** A note as whoever has a link reads it: nothing of its owner, nor of how they file it (ids, notebook, tags). */
export class SharedNoteResponse {
  @ApiProperty({ type: String, nullable: true, example: 'Shopping' })
  title!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Markdown', example: '- milk\n- tea' })
  body!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of a bookmark', example: 'https://example.org/' })
  url!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  updatedAt!: string;

  static from({ title, body, url, updated_at }: SharedNoteRow): SharedNoteResponse {
    return { title, body, url, updatedAt: updated_at.toISOString() };
  }
}
