import { ApiProperty } from '@nestjs/swagger';
import type { BacklinkRow, LinkRow, NoteReferenceRow } from './links.queries';

/** A note as others name it. */
export class NoteReference {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'PostgreSQL' })
  title!: string | null;

  @ApiProperty({ enum: ['note', 'bookmark'], description: 'A bookmark is a note with a url', example: 'note' })
  kind!: 'note' | 'bookmark';

  static from({ id, title, url }: NoteReferenceRow): NoteReference {
    return { id, title, kind: url === null ? 'note' : 'bookmark' };
  }
}

export class LinkResponse {
  @ApiProperty({ description: 'A title or an id, as it stands in the text, trimmed', example: 'PostgreSQL' })
  target!: string;

  @ApiProperty({
    type: NoteReference,
    nullable: true,
    description: 'The note that it leads to now; null: to none that is there, or to one in the trash',
  })
  note!: NoteReference | null;

  static from({ target, id, title, url }: LinkRow): LinkResponse {
    return { target, note: id === null ? null : NoteReference.from({ id, title, url }) };
  }
}

export class LinksResponse {
  @ApiProperty({ type: [LinkResponse], description: 'In the order of the text, each target once; at most 1,000' })
  data!: LinkResponse[];
}

export class BacklinkResponse extends NoteReference {
  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  updatedAt!: string;

  static override from(row: BacklinkRow): BacklinkResponse {
    return { ...NoteReference.from(row), updatedAt: row.updated_at.toISOString() };
  }
}
