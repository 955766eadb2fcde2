import { ApiProperty } from '@nestjs/swagger';
import { NOTE_SORTS } from '../list-notes.query';
import type { SearchRow } from './search-writes';

const TIME = { format: 'date-time', example: '2026-11-23T18:00:00.000Z' };

export class SavedSearchResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ example: 'Databases to read' })
  name!: string;

  @ApiProperty({ example: 'tag:"to read" postgres OR mysql' })
  q!: string;

  @ApiProperty({
    type: String,
    enum: NOTE_SORTS,
    nullable: true,
    description: 'The order of its hits; null: by relevance',
    example: null,
  })
  sort!: string | null;

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

  static from(this: void, row: SearchRow): SavedSearchResponse {
    return {
      id: row.id,
      name: row.name,
      q: row.q,
      sort: row.sort,
      version: row.version,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}
