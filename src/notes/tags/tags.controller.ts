import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiConsumes,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../../common/access';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { etagOf } from '../../common/etag';
import { CHANGED, ETAG, EXISTING_ID, IF_MATCH, REQUIRED } from '../../common/etag.decorator';
import { Idempotent } from '../../idempotency/idempotent';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { acceptJob, ApiAcceptedJob } from '../../jobs/accepted-job';
import type { JobResponse } from '../../jobs/job.response';
import { MergeTagRequest, RenameTagRequest } from './tag.requests';
import { TagResponse, type TagRow } from './tag.response';
import { type TagOrJob, TagsService } from './tags.service';

const NOT_FOUND = ApiNotFoundResponse({ description: 'There is no such tag, or it is not yours' });
const MANY_NOTES = ApiAcceptedJob('A job does it, since more than 1,000 notes have the tag, or very long ones');
const CHANGING = ApiConflictResponse({ description: '`conflict`: a job is changing the tag' });

@ApiTags('notes')
@Controller('tags')
export class TagsController {
  constructor(private readonly tags: TagsService) {}

  @Get()
  @RequireScope('notes:read')
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

  @Get(':id')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'Read a tag' })
  @ApiOkResponse({ type: TagResponse, description: 'The tag', headers: ETAG })
  @NOT_FOUND
  async get(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TagResponse> {
    return answer(reply, await this.tags.getOwned(user.id, id));
  }

  @Patch(':id')
  @RequireScope('notes:write')
  @ApiOperation({ summary: 'Rename a tag, on all notes that have it' })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @IF_MATCH
  @ApiOkResponse({ type: TagResponse, description: 'The tag as changed', headers: ETAG })
  @MANY_NOTES
  @NOT_FOUND
  @ApiConflictResponse({
    description: '`tag-exists`, with `existingId`: another tag has this name; `conflict`: a job is changing the tag',
    ...EXISTING_ID,
  })
  @CHANGED
  @REQUIRED
  async rename(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Body() { name }: RenameTagRequest,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TagResponse | JobResponse> {
    return tagOrJob(reply, await this.tags.rename(user.id, id, name, ifMatch));
  }

  @Post(':id/merge')
  @Idempotent()
  @RequireScope('notes:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Merge a tag into another one', description: 'Its notes get the other tag; it is removed.' })
  @IF_MATCH
  @ApiOkResponse({ type: TagResponse, description: 'The tag that stays', headers: ETAG })
  @MANY_NOTES
  @NOT_FOUND
  @CHANGING
  @CHANGED
  @REQUIRED
  async merge(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Body() { into }: MergeTagRequest,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TagResponse | JobResponse> {
    return tagOrJob(reply, await this.tags.merge(user.id, id, into, ifMatch));
  }

  @Delete(':id')
  @RequireScope('notes:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a tag', description: 'It is taken off all notes, which stay.' })
  @IF_MATCH
  @ApiNoContentResponse({ description: 'It is gone' })
  @MANY_NOTES
  @NOT_FOUND
  @CHANGING
  @CHANGED
  @REQUIRED
  async delete(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobResponse | undefined> {
    const job = await this.tags.delete(user.id, id, ifMatch);
    return job === null ? undefined : acceptJob(reply, job);
  }
}

function tagOrJob(reply: FastifyReply, changed: TagOrJob): TagResponse | JobResponse {
  return 'job' in changed ? acceptJob(reply, changed.job) : answer(reply, changed.tag);
}

function answer(reply: FastifyReply, tag: TagRow): TagResponse {
  void reply.header('ETag', etagOf(tag.version));
  return TagResponse.from(tag);
}
