import { ApiProperty } from '@nestjs/swagger';

export interface TagRow {
  id: string;
  name: string;
  name_key: string;
  created_at: Date;
  count: number;
}

export class TagResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ example: 'database' })
  name!: string;

  @ApiProperty({ type: 'integer', description: 'Notes that have it, without the trash', example: 3 })
  count!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  static from(this: void, row: TagRow): TagResponse {
    return { id: row.id, name: row.name, count: row.count, createdAt: row.created_at.toISOString() };
  }
}
