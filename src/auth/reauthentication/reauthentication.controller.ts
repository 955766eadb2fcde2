import { Body, Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { ReauthenticateRequest } from './reauthenticate.request';
import { ReauthenticatedResponse } from './reauthenticated.response';
import { ReauthenticationService } from './reauthentication.service';

@ApiTags('auth')
@SessionOnly()
@UseGuards(SignInLimitGuard)
@Controller('auth/reauthenticate')
export class ReauthenticationController {
  constructor(private readonly reauthentication: ReauthenticationService) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Prove again who you are',
    description:
      'Makes the session fresh, for the routes that ask for it, with the password or a code. Where the account has a second factor, the password is enough for sessions that were opened with that factor; a code is enough for all, and the session counts as opened with both from then on.',
  })
  @ApiOkResponse({ type: ReauthenticatedResponse, description: 'The session is fresh', headers: RATE_LIMIT_HEADERS })
  @ApiUnauthorizedResponse({
    description:
      'The password or the code is wrong, the session has ended, or it was opened without the second factor of the account and only the password is given',
  })
  @ApiTooManyRequestsResponse({
    description: 'Too many attempts: wait as long as `Retry-After` says',
    headers: RATE_LIMIT_HEADERS,
  })
  reauthenticate(
    @Body() body: ReauthenticateRequest,
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
  ): Promise<ReauthenticatedResponse> {
    return this.reauthentication.reauthenticate(user, body, client);
  }
}
