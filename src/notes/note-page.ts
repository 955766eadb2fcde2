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
}

/** A page of notes; `search`: with `q` only. */
export interface NotePage extends Page<NoteListItem> {
  search?: SearchResponse;
}
