import { Body, Controller, HttpCode, Post, Put, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { Public } from '../../common/public';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { ChangePasswordRequest, ForgotPasswordRequest, ResetPasswordRequest } from './passwords.requests';
import { PasswordsService } from './passwords.service';

@ApiTags('auth')
@ApiTooManyRequestsResponse({
  description: 'Too many attempts from this address or for this account: wait as long as `Retry-After` says',
  headers: RATE_LIMIT_HEADERS,
})
@Controller('auth/password')
@UseGuards(SignInLimitGuard)
export class PasswordsController {
  constructor(private readonly passwords: PasswordsService) {}

  @Put()
  @HttpCode(204)
  @SessionOnly()
  @ApiOperation({
    summary: 'Change the password, or set the first one',
    description: 'Ends all other sessions. An account without a password sets its first one from a fresh session.',
  })
  @ApiNoContentResponse({ description: 'The password is changed', headers: RATE_LIMIT_HEADERS })
  @ApiForbiddenResponse({
    description:
      '`wrong-password`: not the present one; `fresh-sign-in-required`, for a first password; `session-required`: access tokens cannot do this',
  })
  change(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: ChangePasswordRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.passwords.change(user, body, client);
  }

  @Post('forgot')
  @HttpCode(202)
  @Public()
  @ApiOperation({
    summary: 'Ask for a link to set a new password',
    description:
      'The answer is the same whether or not the address has an account. The link works once, for 30 minutes.',
    security: [],
  })
  @ApiAcceptedResponse({
    description: 'A mail is on its way, if the address has an account',
    headers: RATE_LIMIT_HEADERS,
  })
  forgot(@Body() body: ForgotPasswordRequest, @CurrentClient() client: Client): Promise<void> {
    return this.passwords.forgot(body.email, client);
  }

  @Post('reset')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    summary: 'Set a new password with the link of a mail',
    description: 'Ends all sessions and pending links, and verifies the address. Signs nobody in.',
    security: [],
  })
  @ApiNoContentResponse({ description: 'The password is set: sign in with it', headers: RATE_LIMIT_HEADERS })
  reset(@Body() body: ResetPasswordRequest, @CurrentClient() client: Client): Promise<void> {
    return this.passwords.reset(body, client);
  }
}
