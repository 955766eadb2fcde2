import { Body, Controller, Delete, Get, HttpCode, Patch, Query, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiConsumes,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { AuditEventResponse } from '../audit/audit-event.response';
import { AdminUserResponse } from './admin-user.response';
import { AdministrateUserRequest, ListUsersQuery } from './admin-users.requests';
import { UserAdministrationService } from './user-administration.service';

@ApiTags('admin')
@AdminOnly()
@Controller('admin/users')
export class AdminUsersController {
  constructor(private readonly administration: UserAdministrationService) {}

  @Get()
  @ApiOperation({ summary: 'List accounts, newest first, or find some' })
  @ApiPage(AdminUserResponse)
  async list(
    @Query() query: ListUsersQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<AdminUserResponse>> {
    const { data, page } = await this.administration.list(query);
    linkNext(reply, page);
    return { data: data.map(AdminUserResponse.fromOverview), page };
  }

  @Get(':id')
  @ApiOperation({ summary: 'See an account' })
  @ApiOkResponse({ type: AdminUserResponse, description: 'The account' })
  async get(@IdParam() id: string): Promise<AdminUserResponse> {
    return AdminUserResponse.fromOverview(await this.administration.get(id));
  }

  @Patch(':id')
  @AdminOnly({ fresh: true })
  @ApiOperation({
    summary: 'Promote, demote, disable or enable an account, or change what it may keep',
    description: 'A JSON merge patch (RFC 7396). Whoever is demoted or disabled is signed out everywhere.',
  })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @ApiOkResponse({ type: AdminUserResponse, description: 'The account as changed' })
  @ApiConflictResponse({ description: '`last-administrator`: somebody must be left to administrate' })
  async update(
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
    @IdParam() id: string,
    @Body() patch: AdministrateUserRequest,
  ): Promise<AdminUserResponse> {
    return AdminUserResponse.fromOverview(await this.administration.update({ id: user.id, client }, id, patch));
  }

  @Delete(':id/sessions')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign a user out everywhere', description: 'Personal access tokens go on working.' })
  @ApiNoContentResponse({ description: 'All sessions have ended' })
  signOut(@CurrentSession() user: SessionUser, @CurrentClient() client: Client, @IdParam() id: string): Promise<void> {
    return this.administration.signOut({ id: user.id, client }, id);
  }

  @Get(':id/activity')
  @ApiOperation({ summary: 'See what happened to an account, newest first' })
  @ApiPage(AuditEventResponse)
  async activity(
    @IdParam() id: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<AuditEventResponse>> {
    const { data, page } = await this.administration.activity(id, query);
    linkNext(reply, page);
    return { data: data.map(AuditEventResponse.from), page };
  }
}
