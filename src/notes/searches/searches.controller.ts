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
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { Idempotent } from '../../idempotency/idempotent';
import type { SearchRow } from './search-writes';
import { CreateSearchRequest, UpdateSearchRequest } from './search.requests';
import { SavedSearchResponse } from './search.response';
import { SearchesService } from './searches.service';

const NOT_FOUND = ApiNotFoundResponse({ description: 'There is no such search, or it is not yours' });

@ApiTags('notes')
@Controller('searches')
export class SearchesController {
  constructor(private readonly searches: SearchesService) {}

  @Post()
  @Idempotent()
  @RequireScope('notes:write')
  @ApiOperation({ summary: 'Save a search' })
  @ApiCreatedResponse({
    type: SavedSearchResponse,
    description: 'The search',
    headers: {
      ...ETAG,
      Location: {
        description: 'Where it is',
        schema: { type: 'string', example: '/api/v1/searches/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  })
  @ApiConflictResponse({
    description: '`search-exists`, with `existingId`: a saved search has this name; `too-many-searches`',
    ...EXISTING_ID,
  })
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: CreateSearchRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SavedSearchResponse> {
    const search = await this.searches.create(user.id, body);
    void reply.header('Location', `/api/v1/searches/${search.id}`);
    return answer(reply, search);
  }

  @Get()
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'List saved searches by name' })
  @ApiPage(SavedSearchResponse)
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<SavedSearchResponse>> {
    const page = await this.searches.list(user.id, query);
    linkNext(reply, page.page);
    return page;
  }

  @Get(':id')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'Read a saved search' })
  @ApiOkResponse({ type: SavedSearchResponse, description: 'The search', headers: ETAG })
  @NOT_FOUND
  async get(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SavedSearchResponse> {
    return answer(reply, await this.searches.getOwned(user.id, id));
  }

  @Patch(':id')
  @RequireScope('notes:write')
  @ApiOperation({ summary: 'Change a saved search' })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @IF_MATCH
  @ApiOkResponse({ type: SavedSearchResponse, description: 'The search as changed', headers: ETAG })
  @NOT_FOUND
  @ApiConflictResponse({
    description: '`search-exists`, with `existingId`: another saved search has this name',
    ...EXISTING_ID,
  })
  @CHANGED
  @REQUIRED
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Body() patch: UpdateSearchRequest,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SavedSearchResponse> {
    return answer(reply, await this.searches.update(user.id, id, patch, ifMatch));
  }

  @Delete(':id')
  @RequireScope('notes:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a saved search' })
  @IF_MATCH
  @ApiNoContentResponse({ description: 'It is gone' })
  @NOT_FOUND
  @CHANGED
  @REQUIRED
  delete(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.searches.delete(user.id, id, ifMatch);
  }
}

function answer(reply: FastifyReply, search: SearchRow): SavedSearchResponse {
  void reply.header('ETag', etagOf(search.version));
  return SavedSearchResponse.from(search);
}
