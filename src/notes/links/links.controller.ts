import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../../common/access';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { NO_NOTE } from '../note-answers';
import { BacklinkResponse, LinksResponse } from './links.response';
import { LinksService } from './links.service';

@ApiTags('notes')
@Controller('notes/:id')
export class LinksController {
  constructor(private readonly links: LinksService) {}

  @Get('links')
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'List where the links of a note lead',
    description:
      '`[[title]]` and `[[id]]` in its text, also with `|` and what is shown. A title leads to the oldest note that has it.',
  })
  @ApiOkResponse({ type: LinksResponse, description: 'Its links' })
  @NO_NOTE
  list(@CurrentUser() user: AuthenticatedUser, @IdParam() id: string): Promise<LinksResponse> {
    return this.links.list(user.id, id);
  }

  @Get('backlinks')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'List the notes that link to a note', description: 'By its id or its title, newest first.' })
  @ApiPage(BacklinkResponse)
  @NO_NOTE
  async backlinks(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<BacklinkResponse>> {
    const page = await this.links.backlinks(user.id, id, query);
    linkNext(reply, page.page);
    return page;
  }
}
