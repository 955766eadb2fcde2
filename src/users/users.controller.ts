import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../common/access';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { QuotaResponse } from './quota.response';
import { QuotasService } from './quotas.service';
import { UserResponse } from './user.response';
import { UsersService } from './users.service';

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly quotas: QuotasService,
  ) {}

  @Get('me')
  @RequireScope('account:read')
  @ApiOperation({ summary: 'The signed-in user' })
  @ApiOkResponse({ type: UserResponse, description: 'The signed-in user' })
  async getSelf(@CurrentUser() user: AuthenticatedUser): Promise<UserResponse> {
    return UserResponse.from(await this.users.getSelf(user.id));
  }

  @Get('me/quota')
  @RequireScope('account:read')
  @ApiOperation({ summary: 'What the signed-in user keeps, and may keep' })
  @ApiOkResponse({ type: QuotaResponse, description: 'The quota' })
  async getQuota(@CurrentUser() user: AuthenticatedUser): Promise<QuotaResponse> {
    return QuotaResponse.from(await this.quotas.getSelf(user.id));
  }
}
