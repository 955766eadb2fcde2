import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../common/access';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { linkNext, type Page, PageQuery } from '../common/page';
import { ApiPage } from '../common/page.decorator';
import { TagResponse } from './tag.response';
import { TagsService } from './tags.service';

@ApiTags('notes')
@RequireScope('notes:read')
@Controller('tags')
export class TagsController {
  constructor(private readonly tags: TagsService) {}

  @Get()
  @ApiOperation({ summary: 'List tags by name' })
  @ApiPage(TagResponse)
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<TagResponse>> {
    const page = await this.tags.list(user.id, query);
    linkNext(reply, page.page);
    return page;
  }
}
