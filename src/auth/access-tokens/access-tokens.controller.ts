import { Body, Controller, Delete, Get, Header, HttpCode, Post, Query, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnyCredential, SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { type AuthenticatedUser, CurrentSession, CurrentUser, type SessionUser } from '../../common/current-user';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { MakeAccessTokenRequest } from './access-token.requests';
import { AccessTokenResponse, CredentialResponse, MadeAccessTokenResponse } from './access-token.response';
import { AccessTokensService } from './access-tokens.service';

@ApiTags('access-tokens')
@Controller('access-tokens')
export class AccessTokensController {
  constructor(private readonly accessTokens: AccessTokensService) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  @SessionOnly({ fresh: true })
  @ApiOperation({ summary: 'Make a personal access token', description: 'The answer is the only place that shows it.' })
  @ApiCreatedResponse({ type: MadeAccessTokenResponse, description: 'The token' })
  @ApiConflictResponse({ description: '`too-many-access-tokens`: an account has at most 100' })
  make(
    @CurrentSession() user: SessionUser,
    @Body() body: MakeAccessTokenRequest,
    @CurrentClient() client: Client,
  ): Promise<MadeAccessTokenResponse> {
    return this.accessTokens.make(user, body, client);
  }

  @Get()
  @SessionOnly()
  @ApiOperation({ summary: 'List personal access tokens, newest first' })
  @ApiPage(AccessTokenResponse)
  async list(
    @CurrentSession() user: SessionUser,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<AccessTokenResponse>> {
    const page = await this.accessTokens.list(user.id, query);
    linkNext(reply, page.page);
    return page;
  }

  @Get('current')
  @AnyCredential()
  @ApiOperation({ summary: 'What this request is made with, and what that may do' })
  @ApiOkResponse({ type: CredentialResponse, description: 'The session or the access token' })
  describe(@CurrentUser() user: AuthenticatedUser): Promise<CredentialResponse> {
    return this.accessTokens.describe(user);
  }

  @Delete(':id')
  @HttpCode(204)
  @SessionOnly()
  @ApiOperation({ summary: 'Revoke a personal access token', description: 'It stops working within 10 s everywhere.' })
  @ApiNoContentResponse({ description: 'It is revoked' })
  @ApiNotFoundResponse({ description: 'There is no such access token, or it is not yours' })
  revoke(@CurrentSession() user: SessionUser, @IdParam() id: string, @CurrentClient() client: Client): Promise<void> {
    return this.accessTokens.revoke(user, id, client);
  }
}
