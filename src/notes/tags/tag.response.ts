import { ApiProperty } from '@nestjs/swagger';

export interface TagRow {
  id: string;
  name: string;
  name_key: string;
  version: number;
  created_at: Date;
  updated_at: Date;
  count: number;
}

const TIME = { format: 'date-time', example: '2026-11-23T18:00:00.000Z' };

export class TagResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ example: 'database' })
  name!: string;

  @ApiProperty({ type: 'integer', description: 'Notes that have it, without the trash', example: 3 })
  count!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Goes up by one when its name changes; the ETag is `"v<version>"`',
    example: 1,
  })
  version!: number;

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(TIME)
  updatedAt!: string;

  static from(this: void, row: TagRow): TagResponse {
    return {
      id: row.id,
      name: row.name,
      count: row.count,
      version: row.version,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}
