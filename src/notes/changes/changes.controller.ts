import { Controller, Get, Query } from '@nestjs/common';
import { ApiGoneResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../common/access';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { ChangesPage } from './change.response';
import { ChangesService } from './changes.service';
import { ListChangesQuery } from './list-changes.query';

@ApiTags('sync')
@Controller('changes')
export class ChangesController {
  constructor(private readonly changes: ChangesService) {}

  @Get()
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'What has changed since a cursor',
    description:
      'Every note, notebook, tag, saved search and share once, at its last change, in the order of changes; what was deleted, as a tombstone. Without `since`, all that is there. See docs/sync.md.',
  })
  @ApiOkResponse({ type: ChangesPage, description: 'The next changes' })
  @ApiGoneResponse({ description: '`cursor-expired`: `since` is too old; start again without it' })
  list(@CurrentUser() user: AuthenticatedUser, @Query() query: ListChangesQuery): Promise<ChangesPage> {
    return this.changes.list(user.id, query);
  }
}
