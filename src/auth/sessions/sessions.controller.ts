import { Controller, Delete, Get, HttpCode, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiNotFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { AccountSessionsService } from './account-sessions.service';
import { ListedSessionResponse } from './listed-session.response';

@ApiTags('auth')
@SessionOnly()
@Controller('auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: AccountSessionsService) {}

  @Get()
  @ApiOperation({
    summary: 'List the sessions of this account, last used first',
    description: 'Those that can still be used: neither ended, nor expired, nor unused for too long.',
  })
  @ApiPage(ListedSessionResponse)
  async list(
    @CurrentSession() user: SessionUser,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<ListedSessionResponse>> {
    const { data, page } = await this.sessions.list(user.id, query);
    linkNext(reply, page);
    return { data: data.map((session) => ListedSessionResponse.from(session, user.sessionId)), page };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a session', description: 'Its access tokens stop working within 10 s everywhere.' })
  @ApiNoContentResponse({ description: 'The session has ended' })
  @ApiNotFoundResponse({ description: 'There is no such session, it is not yours, or it has ended or expired' })
  endOne(@CurrentSession() user: SessionUser, @IdParam() id: string, @CurrentClient() client: Client): Promise<void> {
    return this.sessions.endOne(user, id, client);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'End all sessions but this one' })
  @ApiNoContentResponse({ description: 'All other sessions have ended' })
  endOthers(@CurrentSession() user: SessionUser, @CurrentClient() client: Client): Promise<void> {
    return this.sessions.endOthers(user, client);
  }
}
