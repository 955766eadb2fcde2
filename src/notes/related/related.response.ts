import { ApiProperty } from '@nestjs/swagger';
import { NoteReference } from '../links/links.response';
import { RELATION_REASONS, type RelatedRow, type RelationReason } from './related.queries';

export class RelatedNote extends NoteReference {
  @ApiProperty({ description: 'Higher is better; to be compared within one answer only', example: 1.25 })
  score!: number;

  @ApiProperty({
    enum: RELATION_REASONS,
    isArray: true,
    description: 'What both have in common, the weightiest first',
    example: ['tags', 'words'],
  })
  reasons!: RelationReason[];

  static override from(row: RelatedRow): RelatedNote {
    return { ...NoteReference.from(row), score: row.score, reasons: row.reasons };
  }
}

export class RelatedResponse {
  @ApiProperty({ type: [RelatedNote], description: 'Best first' })
  data!: RelatedNote[];
}
