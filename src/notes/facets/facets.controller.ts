import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../common/access';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { NoteFilters } from '../list-notes.query';
import { FacetsResponse } from './facets.response';
import { FacetsService } from './facets.service';

@ApiTags('notes')
@Controller('notes/facets')
export class FacetsController {
  constructor(private readonly facets: FacetsService) {}

  @Get()
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'Count notes by tag, notebook, kind and year',
    description: 'Of the notes that these filters and this search give, the 10,000 newest.',
  })
  @ApiOkResponse({ type: FacetsResponse, description: 'How these notes are spread' })
  get(@CurrentUser() user: AuthenticatedUser, @Query() query: NoteFilters): Promise<FacetsResponse> {
    return this.facets.of(user.id, query);
  }
}
