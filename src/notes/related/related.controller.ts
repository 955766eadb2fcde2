import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../common/access';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { IdParam } from '../../common/uuid';
import { NO_NOTE } from '../note-answers';
import { RelatedQuery } from './related.query';
import { RelatedResponse } from './related.response';
import { RelatedService } from './related.service';

@ApiTags('notes')
@Controller('notes/:id/related')
export class RelatedController {
  constructor(private readonly related: RelatedService) {}

  @Get()
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'List notes about the same',
    description: 'By shared tags and words, the rarer the better, by links either way, and by the site of bookmarks.',
  })
  @ApiOkResponse({ type: RelatedResponse, description: 'The best' })
  @NO_NOTE
  list(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Query() query: RelatedQuery,
  ): Promise<RelatedResponse> {
    return this.related.of(user.id, id, query);
  }
}
