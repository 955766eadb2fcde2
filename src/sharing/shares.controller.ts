import { Body, Controller, Delete, Get, Header, Headers, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
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
import { RequireScope } from '../common/access';
import { type Client, CurrentClient } from '../common/client';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { etagOf } from '../common/etag';
import { CHANGED, ETAG, IF_MATCH, REQUIRED } from '../common/etag.decorator';
import { linkNext, type Page } from '../common/page';
import { ApiPage } from '../common/page.decorator';
import { IdParam } from '../common/uuid';
import { Config } from '../config/config';
import { NO_NOTE } from '../notes/note-answers';
import { SHARE_PAGE } from './share-token';
import { CreateShareRequest, ListSharesQuery, UpdateShareRequest } from './share.requests';
import { MadeShareResponse, ShareResponse } from './share.response';
import type { ShareRow } from './shares.queries';
import { SharesService } from './shares.service';

const NOT_FOUND = ApiNotFoundResponse({ description: 'There is no such share, or it is not yours' });

@ApiTags('shares')
@Controller()
export class SharesController {
  constructor(
    private readonly shares: SharesService,
    private readonly config: Config,
  ) {}

  @Post('notes/:id/shares')
  @Header('Cache-Control', 'no-store')
  @RequireScope('notes:write')
  @ApiOperation({
    summary: 'Share a note by a link',
    description: 'Whoever has the link reads the note as it is then. The answer is the only place that shows it.',
  })
  @ApiBody({ type: CreateShareRequest, required: false })
  @ApiCreatedResponse({
    type: MadeShareResponse,
    description: 'The share, with its link',
    headers: {
      ...ETAG,
      Location: {
        description: 'Where it is',
        schema: { type: 'string', example: '/api/v1/shares/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  })
  @NO_NOTE
  @ApiConflictResponse({
    description: '`note-in-trash`: restore it first; `too-many-shares`: a note has at most 100',
  })
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() noteId: string,
    @Body() body: CreateShareRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MadeShareResponse> {
    const { share, token } = await this.shares.create(user, noteId, body, client);
    void reply.header('Location', `/api/v1/shares/${share.id}`);
    return { ...answer(reply, share), token, url: `${this.config.publicUrl}${SHARE_PAGE}/${token}` };
  }

  @Get('shares')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'List shares, newest first' })
  @ApiPage(ShareResponse)
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: ListSharesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<ShareResponse>> {
    const page = await this.shares.list(user.id, query);
    linkNext(reply, page.page);
    return page;
  }

  @Get('shares/:id')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'Read a share' })
  @ApiOkResponse({ type: ShareResponse, description: 'The share', headers: ETAG })
  @NOT_FOUND
  async get(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShareResponse> {
    return answer(reply, await this.shares.getOwned(user.id, id));
  }

  @Patch('shares/:id')
  @RequireScope('notes:write')
  @ApiOperation({ summary: 'Change the password or the end of a share' })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @IF_MATCH
  @ApiOkResponse({ type: ShareResponse, description: 'The share as changed', headers: ETAG })
  @NOT_FOUND
  @CHANGED
  @REQUIRED
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Body() patch: UpdateShareRequest,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShareResponse> {
    return answer(reply, await this.shares.update(user.id, id, patch, ifMatch));
  }

  @Delete('shares/:id')
  @RequireScope('notes:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a share', description: 'Its link leads nowhere from then on.' })
  @IF_MATCH
  @ApiNoContentResponse({ description: 'It is revoked' })
  @NOT_FOUND
  @CHANGED
  @REQUIRED
  revoke(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.shares.revoke(user, id, ifMatch, client);
  }
}

function answer(reply: FastifyReply, share: ShareRow): ShareResponse {
  void reply.header('ETag', etagOf(share.version));
  return ShareResponse.from(share);
}
