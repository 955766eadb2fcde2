import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope, SessionOnly } from '../common/access';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { UpdateUserRequest } from './update-user.request';
import { UserResponse } from './user.response';
import { UsersService } from './users.service';

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  @RequireScope('account:read')
  @ApiOperation({ summary: 'The signed-in user' })
  @ApiOkResponse({ type: UserResponse, description: 'The signed-in user' })
  async getSelf(@CurrentUser() user: AuthenticatedUser): Promise<UserResponse> {
    return UserResponse.from(await this.users.getSelf(user.id));
  }

  @Patch('me')
  @SessionOnly()
  @ApiOperation({ summary: 'Change the signed-in user', description: 'A JSON merge patch (RFC 7396).' })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @ApiOkResponse({ type: UserResponse, description: 'The user as changed' })
  async updateSelf(@CurrentUser() user: AuthenticatedUser, @Body() patch: UpdateUserRequest): Promise<UserResponse> {
    return UserResponse.from(await this.users.updateSelf(user.id, patch));
  }
}
