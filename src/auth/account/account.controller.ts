import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope, SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { type AuthenticatedUser, CurrentSession, CurrentUser, type SessionUser } from '../../common/current-user';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { problemWith } from '../../common/problem.decorator';
import { Idempotent } from '../../idempotency/idempotent';
import { UpdateUserRequest } from '../../users/update-user.request';
import { UserResponse } from '../../users/user.response';
import { AuditEventResponse } from '../audit/audit-event.response';
import { AuditService } from '../audit/audit.service';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { AccountDeletionResponse } from './account-deletion.response';
import { DeleteAccountRequest } from './account.requests';
import { AccountService } from './account.service';

@ApiTags('users')
@Controller('users/me')
export class AccountController {
  constructor(
    private readonly account: AccountService,
    private readonly audit: AuditService,
  ) {}

  @Patch()
  @SessionOnly()
  @ApiOperation({
    operationId: 'users_updateSelf',
    summary: 'Change the signed-in user',
    description: 'A JSON merge patch (RFC 7396).',
  })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @ApiOkResponse({ type: UserResponse, description: 'The user as changed' })
  async update(
    @CurrentSession() user: SessionUser,
    @Body() patch: UpdateUserRequest,
    @CurrentClient() client: Client,
  ): Promise<UserResponse> {
    return UserResponse.from(await this.account.update(user, patch, client));
  }

  @Get('activity')
  @RequireScope('account:read')
  @ApiOperation({
    summary: 'See what happened to the account, newest first',
    description: 'Sign-ins, failed ones, and changes of what signs in, with device and address.',
  })
  @ApiPage(AuditEventResponse)
  async activity(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<AuditEventResponse>> {
    const { data, page } = await this.audit.list(user.id, query);
    linkNext(reply, page);
    return { data: data.map(AuditEventResponse.from), page };
  }

  @Delete()
  @HttpCode(202)
  @SessionOnly()
  @UseGuards(SignInLimitGuard)
  @ApiOperation({
    summary: 'Delete the account',
    description:
      'With everything in it, after some days of grace. All other sessions end, and access tokens stop, at once; signing in still works, and `POST /users/me/keep` keeps the account.',
  })
  @ApiBody({ type: DeleteAccountRequest, required: false })
  @ApiAcceptedResponse({
    type: AccountDeletionResponse,
    description: 'When the account goes',
    headers: RATE_LIMIT_HEADERS,
  })
  @ApiForbiddenResponse({
    description:
      '`wrong-password`; `fresh-sign-in-required`, without a password; `session-required`: access tokens cannot do this',
    ...problemWith({}),
  })
  @ApiConflictResponse({ description: '`last-administrator`: make another account one first' })
  @ApiTooManyRequestsResponse({
    description: 'Too many attempts: wait as long as `Retry-After` says',
    headers: RATE_LIMIT_HEADERS,
  })
  async delete(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: DeleteAccountRequest,
    @CurrentClient() client: Client,
  ): Promise<AccountDeletionResponse> {
    return AccountDeletionResponse.from(await this.account.delete(user, body.password, client));
  }

  @Post('keep')
  @Idempotent()
  @HttpCode(204)
  @SessionOnly()
  @ApiOperation({ summary: 'Keep an account that is to be deleted' })
  @ApiNoContentResponse({ description: 'The account stays' })
  @ApiConflictResponse({ description: '`conflict`: its time is over, and it is being deleted' })
  keep(@CurrentSession() user: SessionUser, @CurrentClient() client: Client): Promise<void> {
    return this.account.keep(user, client);
  }
}
