import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res, UseGuards } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { Idempotent } from '../../idempotency/idempotent';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { InvitationResponse } from './invitation.response';
import { InviteRequest } from './invite.request';
import { InvitationsService } from './invitations.service';

@ApiTags('admin')
@AdminOnly()
@Controller('admin/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Post()
  @Idempotent()
  @UseGuards(SignInLimitGuard)
  @ApiOperation({
    summary: 'Invite somebody by mail',
    description: 'The link works once and for `INVITATION_DAYS`; a former one of the address is void.',
  })
  @ApiCreatedResponse({ type: InvitationResponse, description: 'The invitation', headers: RATE_LIMIT_HEADERS })
  @ApiForbiddenResponse({ description: '`registration-closed`: nobody could accept it' })
  @ApiConflictResponse({ description: '`email-taken`: the address has an account' })
  @ApiTooManyRequestsResponse({
    description: 'Too many mails: wait as long as `Retry-After` says',
    headers: RATE_LIMIT_HEADERS,
  })
  async invite(
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
    @Body() { email }: InviteRequest,
  ): Promise<InvitationResponse> {
    return InvitationResponse.from(await this.invitations.invite({ id: user.id, client }, email));
  }

  @Get()
  @ApiOperation({ summary: 'List invitations, newest first' })
  @ApiPage(InvitationResponse)
  async list(
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<InvitationResponse>> {
    const { data, page } = await this.invitations.list(query);
    linkNext(reply, page);
    return { data: data.map(InvitationResponse.from), page };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Withdraw an invitation: its link is void' })
  @ApiNoContentResponse({ description: 'The invitation is gone' })
  @ApiConflictResponse({ description: '`conflict`: it was accepted' })
  withdraw(@IdParam() id: string): Promise<void> {
    return this.invitations.withdraw(id);
  }
}
