import { ApiProperty } from '@nestjs/swagger';
import { DIFF_FIELDS, DIFF_OPS, type FieldDiff } from './revision-diff';
import type { RevisionHeadRow, RevisionRow } from './revisions.queries';

const TIME = { format: 'date-time', example: '2026-11-23T18:00:00.000Z' };

/** A former state of a note, without its text. */
export class RevisionListItem {
  @ApiProperty({ type: 'integer', description: 'The last version of the note that was like this', example: 3 })
  version!: number;

  @ApiProperty({ type: String, nullable: true, example: 'PostgreSQL' })
  title!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://www.postgresql.org/' })
  url!: string | null;

  @ApiProperty({ type: 'integer', description: 'Bytes of UTF-8 in title, body and url', example: 4_096 })
  bytes!: number;

  @ApiProperty({ ...TIME, description: 'When it was written; of edits that were folded, the first' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When something else was written in its place' })
  replacedAt!: string;

  static from(row: RevisionHeadRow): RevisionListItem {
    const { version, title, url, bytes, created_at, replaced_at } = row;
    return { version, title, url, bytes, createdAt: created_at.toISOString(), replacedAt: replaced_at.toISOString() };
  }
}

export class RevisionResponse extends RevisionListItem {
  @ApiProperty({ type: String, nullable: true, example: 'Markdown' })
  body!: string | null;

  static override from(row: RevisionRow): RevisionResponse {
    return { ...RevisionListItem.from(row), body: row.body };
  }
}

class DiffPartResponse {
  @ApiProperty({ enum: DIFF_OPS, description: 'What became of the lines', example: 'insert' })
  op!: (typeof DIFF_OPS)[number];

  @ApiProperty({ description: 'Lines with their ends', example: 'Markdown\n' })
  text!: string;
}

class DiffHunkResponse {
  @ApiProperty({ type: 'integer', description: 'The first line in the older text, from 1', example: 1 })
  oldStart!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  oldLines!: number;

  @ApiProperty({ type: 'integer', description: 'The first line in the newer text, from 1', example: 1 })
  newStart!: number;

  @ApiProperty({ type: 'integer', example: 4 })
  newLines!: number;

  @ApiProperty({ type: [DiffPartResponse], description: 'In order, with up to three equal lines around' })
  parts!: DiffPartResponse[];
}

class FieldDiffResponse {
  @ApiProperty({ enum: DIFF_FIELDS, example: 'body' })
  field!: (typeof DIFF_FIELDS)[number];

  @ApiProperty({
    description: 'Whether it is shown as replaced from the first to the last line that differ: too much does',
    example: false,
  })
  isCoarse!: boolean;

  @ApiProperty({ type: [DiffHunkResponse], description: 'The places that differ' })
  hunks!: DiffHunkResponse[];
}

export class RevisionDiffResponse {
  @ApiProperty({ type: 'integer', description: 'The version that it begins with', example: 3 })
  from!: number;

  @ApiProperty({ type: 'integer', description: 'The version that it leads to', example: 7 })
  to!: number;

  @ApiProperty({ type: [FieldDiffResponse], description: 'The fields that differ' })
  fields!: FieldDiff[];

  @ApiProperty({
    description: 'The same as `diff -u` writes it, a file for each field',
    example: '--- v3/body\n+++ v7/body\n@@ -0,0 +1,1 @@\n+Markdown\n',
  })
  unified!: string;
}
