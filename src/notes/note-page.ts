import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '../common/page';
import type { NoteListItem } from './note.response';

export class SearchWarningResponse {
  @ApiProperty({ type: 'integer', description: 'Where in `q`, in UTF-16 code units from its start', example: 9 })
  position!: number;

  @ApiProperty({ example: 'This quotation mark has no partner, so what follows is searched for as single words.' })
  detail!: string;
}

/** How a search was understood. */
export class SearchResponse {
  @ApiProperty({
    type: [SearchWarningResponse],
    description: 'What in `q` was not understood as it may have been meant, by position',
  })
  warnings!: SearchWarningResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      '`q` with misspelt words replaced by words of your notes, where that finds something and `q` nothing; else null',
    example: null,
  })
  didYouMean!: string | null;

  @ApiProperty({ description: 'Whether `data` is what `didYouMean` finds', example: false })
  corrected!: boolean;
}

/** A page of notes; `search`: with `q` only. */
export interface NotePage extends Page<NoteListItem> {
  search?: SearchResponse;
}
