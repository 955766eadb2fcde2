import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { Public } from '../../common/public';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { ChangeEmailRequest, VerifyEmailRequest } from './emails.requests';
import { EmailsService } from './emails.service';

@ApiTags('auth')
@ApiTooManyRequestsResponse({
  description: 'Too many attempts from this address or for this account: wait as long as `Retry-After` says',
  headers: RATE_LIMIT_HEADERS,
})
@Controller('auth/email')
@UseGuards(SignInLimitGuard)
export class EmailsController {
  constructor(private readonly emails: EmailsService) {}

  @Post('verification')
  @HttpCode(202)
  @SessionOnly()
  @ApiOperation({
    summary: 'Send the link that verifies the address again',
    description: 'The links before are void. A link works once, for 24 hours.',
  })
  @ApiAcceptedResponse({ description: 'A mail is on its way', headers: RATE_LIMIT_HEADERS })
  @ApiConflictResponse({ description: '`email-verified`: the address is verified already' })
  resend(@CurrentSession() user: SessionUser): Promise<void> {
    return this.emails.resendVerification(user.id);
  }

  @Post('verify')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    summary: 'Verify an address with the link of a mail',
    description:
      'Access tokens say so from the next refresh on. A link for a change makes its address that of the account.',
    security: [],
  })
  @ApiNoContentResponse({ description: 'The address is verified', headers: RATE_LIMIT_HEADERS })
  @ApiConflictResponse({ description: '`email-taken`: another account has the new address by now' })
  verify(@Body() body: VerifyEmailRequest, @CurrentClient() client: Client): Promise<void> {
    return this.emails.confirm(body.token, client);
  }

  @Post('change')
  @HttpCode(202)
  @SessionOnly({ fresh: true })
  @ApiOperation({
    summary: 'Ask for another address',
    description:
      'A link goes to the new address, and a notice to the present one, which stays until the link is used. The answer is the same when the new address has an account.',
  })
  @ApiAcceptedResponse({ description: 'The mails are on their way', headers: RATE_LIMIT_HEADERS })
  change(
    @CurrentSession() user: SessionUser,
    @Body() body: ChangeEmailRequest,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.emails.requestChange(user, body.email, client);
  }
}
