import { ApiProperty } from '@nestjs/swagger';
import type { NotebookRow } from './notebook-row';

const TIME = { format: 'date-time', example: '2026-11-23T18:00:00.000Z' };

export class NotebookResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ example: 'Recipes' })
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The notebook that it is in; null: in none',
    example: null,
  })
  parentId!: string | null;

  @ApiProperty({ type: 'integer', description: 'Notes directly in it, without the trash', example: 3 })
  noteCount!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Goes up by one when its name or its place changes; the ETag is `"v<version>"`',
    example: 1,
  })
  version!: number;

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(TIME)
  updatedAt!: string;

  static from(this: void, row: NotebookRow): NotebookResponse {
    return {
      id: row.id,
      name: row.name,
      parentId: row.parent_id,
      noteCount: row.note_count,
      version: row.version,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}
