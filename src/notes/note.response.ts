import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { NoteHeadlines, NoteHitRow, NoteRow } from './note-row';
import { highlightHtml } from './search/highlights';

const TIME = { format: 'date-time', example: '2026-11-23T18:00:00.000Z' };

export class NoteResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ enum: ['note', 'bookmark'], description: 'A bookmark is a note with a url', example: 'bookmark' })
  kind!: 'note' | 'bookmark';

  @ApiProperty({ type: String, nullable: true, example: 'PostgreSQL' })
  title!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Markdown', example: 'The *documentation* is excellent.' })
  body!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uri', example: 'https://www.postgresql.org/docs/' })
  url!: string | null;

  @ApiProperty({ type: [String], example: ['database', 'reference'] })
  tags!: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The notebook that it is in; null: in none',
    example: null,
  })
  notebookId!: string | null;

  @ApiProperty({ example: false })
  pinned!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'A primary language subtag (BCP 47); null: not known',
    example: 'en',
  })
  language!: string | null;

  @ApiProperty({ description: 'Whether it was said which language it is; else it is detected', example: false })
  isLanguageSet!: boolean;

  @ApiProperty({ type: String, nullable: true, ...TIME, example: null })
  archivedAt!: string | null;

  @ApiProperty({ type: String, nullable: true, ...TIME, description: 'When it was moved to the trash', example: null })
  deletedAt!: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'Goes up by one at every change; the ETag is `"v<version>"`',
    example: 1,
  })
  version!: number;

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(TIME)
  updatedAt!: string;

  static from(row: NoteRow): NoteResponse {
    return {
      id: row.id,
      kind: row.url === null ? 'note' : 'bookmark',
      title: row.title,
      body: row.body,
      url: row.url,
      tags: row.tags,
      notebookId: row.notebook_id,
      pinned: row.pinned,
      language: row.language,
      isLanguageSet: row.language_set,
      archivedAt: row.archived_at?.toISOString() ?? null,
      deletedAt: row.deleted_at?.toISOString() ?? null,
      version: row.version,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class HighlightsResponse {
  @ApiPropertyOptional({
    description: 'HTML: everything escaped, `<mark>` around what matched',
    example: '<mark>PostgreSQL</mark>',
  })
  title?: string;

  @ApiPropertyOptional({
    description: 'HTML: up to two passages',
    example: 'The <mark>documentation</mark> is excellent.',
  })
  body?: string;
}

/** A note in a list; with `q`, also how well it matches and where. */
export class NoteListItem extends NoteResponse {
  @ApiPropertyOptional({ description: 'With `q`: higher is better', example: 0.607927 })
  score?: number;

  @ApiPropertyOptional({ type: HighlightsResponse, description: 'With `q`' })
  highlights?: HighlightsResponse;

  static hit(row: NoteHitRow, headlines: NoteHeadlines): NoteListItem {
    const title = highlightHtml(headlines.title ?? '');
    const body = highlightHtml(headlines.body ?? '');
    const highlights = { ...(title !== null && { title }), ...(body !== null && { body }) };
    return { ...NoteResponse.from(row), score: row.score, highlights };
  }
}
