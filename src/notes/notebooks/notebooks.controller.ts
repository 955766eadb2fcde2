import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiConsumes,
  ApiCreatedResponse,
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
import type { NotebookRow } from './notebook-row';
import { CreateNotebookRequest, DeleteNotebookQuery, UpdateNotebookRequest } from './notebook.requests';
import { NotebookResponse } from './notebook.response';
import { NotebooksService } from './notebooks.service';

const NOT_FOUND = ApiNotFoundResponse({ description: 'There is no such notebook, or it is not yours' });

@ApiTags('notebooks')
@Controller('notebooks')
export class NotebooksController {
  constructor(private readonly notebooks: NotebooksService) {}

  @Post()
  @Idempotent()
  @RequireScope('notes:write')
  @ApiOperation({ summary: 'Make a notebook' })
  @ApiCreatedResponse({
    type: NotebookResponse,
    description: 'The notebook',
    headers: {
      ...ETAG,
      Location: {
        description: 'Where it is',
        schema: { type: 'string', example: '/api/v1/notebooks/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  })
  @ApiConflictResponse({
    description:
      '`notebook-exists`, with `existingId`: a sibling has this name; `id-taken`; `notebook-too-deep`; `too-many-notebooks`',
    ...EXISTING_ID,
  })
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: CreateNotebookRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotebookResponse> {
    const notebook = await this.notebooks.create(user.id, body);
    void reply.header('Location', `/api/v1/notebooks/${notebook.id}`);
    return answer(reply, notebook);
  }

  @Get()
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'List notebooks by name',
    description: 'Those of all levels, one after another: `parentId` makes them a tree.',
  })
  @ApiPage(NotebookResponse)
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<NotebookResponse>> {
    const page = await this.notebooks.list(user.id, query);
    linkNext(reply, page.page);
    return page;
  }

  @Get(':id')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'Read a notebook' })
  @ApiOkResponse({ type: NotebookResponse, description: 'The notebook', headers: ETAG })
  @NOT_FOUND
  async get(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotebookResponse> {
    return answer(reply, await this.notebooks.getOwned(user.id, id));
  }

  @Patch(':id')
  @RequireScope('notes:write')
  @ApiOperation({ summary: 'Rename or move a notebook', description: 'It moves with all below it.' })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @IF_MATCH
  @ApiOkResponse({ type: NotebookResponse, description: 'The notebook as changed', headers: ETAG })
  @NOT_FOUND
  @ApiConflictResponse({
    description:
      '`notebook-cycle`: it would be in itself; `notebook-exists`, with `existingId`: a sibling has this name; `notebook-too-deep`',
    ...EXISTING_ID,
  })
  @CHANGED
  @REQUIRED
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Body() patch: UpdateNotebookRequest,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotebookResponse> {
    return answer(reply, await this.notebooks.update(user.id, id, patch, ifMatch));
  }

  @Delete(':id')
  @RequireScope('notes:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a notebook', description: '`notes` says where its notes go.' })
  @IF_MATCH
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiAcceptedJob('A job does it, since it has more than 1,000 notes')
  @NOT_FOUND
  @ApiConflictResponse({
    description:
      '`notebook-exists`, with `existingId`: a notebook in it cannot move up, where there is one of its name',
    ...EXISTING_ID,
  })
  @CHANGED
  @REQUIRED
  async delete(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Query() query: DeleteNotebookQuery,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobResponse | undefined> {
    const job = await this.notebooks.delete(user.id, id, query.notes, ifMatch);
    return job === null ? undefined : acceptJob(reply, job);
  }
}

function answer(reply: FastifyReply, notebook: NotebookRow): NotebookResponse {
  void reply.header('ETag', etagOf(notebook.version));
  return NotebookResponse.from(notebook);
}
