import { Body, Controller, Delete, Get, Header, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { Public } from '../../common/public';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { RefreshCookie } from '../sessions/refresh-cookie';
import { SessionResponse } from '../sign-in/session.response';
import { SecondFactorSettingsService } from './second-factor-settings.service';
import { SecondFactorSignInService } from './second-factor-sign-in.service';
import { CodeRequest, SecondFactorRequest } from './second-factor.requests';
import { RecoveryCodesResponse, SecondFactorResponse, TotpResponse } from './second-factor.responses';

/** What these routes answer with is secret. */
const NO_STORE = Header('Cache-Control', 'no-store');

const CODE_INVALID = ApiBadRequestResponse({
  description: '`code-invalid`: the code is wrong, was used before, or its time is over; or the request is not valid',
});
const TOTP_DISABLED = ApiConflictResponse({ description: '`totp-disabled`: the account has no authenticator app' });

@ApiTags('auth')
@ApiTooManyRequestsResponse({
  description: 'Too many attempts from this address or for this account: wait as long as `Retry-After` says',
  headers: RATE_LIMIT_HEADERS,
})
@Controller('auth')
@UseGuards(SignInLimitGuard)
export class SecondFactorController {
  constructor(
    private readonly signIn: SecondFactorSignInService,
    private readonly settings: SecondFactorSettingsService,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('second-factor')
  @NO_STORE
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Finish a sign-in with a second factor',
    description:
      'After `second-factor-required`. The ticket is good for 5 minutes and 5 wrong codes; a code works once. An account takes at most 10 wrong codes in 10 minutes and 50 in a day, ' +
      'until its password is changed.',
    security: [],
  })
  @ApiOkResponse({
    type: SessionResponse,
    description: 'A new session; its refresh token goes where the first step asked for it',
    headers: RATE_LIMIT_HEADERS,
  })
  @ApiUnauthorizedResponse({ description: 'The code is wrong, or the ticket is not valid any more' })
  async finish(
    @Body() body: SecondFactorRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    const { session, inCookie } = await this.signIn.finish(body, client);
    return this.cookie.deliver(reply, session, inCookie);
  }

  @Get('second-factor')
  @SessionOnly()
  @ApiOperation({ summary: 'Whether signing in asks for a second factor' })
  @ApiOkResponse({ type: SecondFactorResponse, description: 'What is set up', headers: RATE_LIMIT_HEADERS })
  get(@CurrentSession() user: SessionUser): Promise<SecondFactorResponse> {
    return this.settings.get(user);
  }

  @Post('totp')
  @NO_STORE
  @SessionOnly({ fresh: true })
  @ApiOperation({
    summary: 'Begin to add an authenticator app',
    description: 'Nothing changes until it is confirmed with a code; asked again, it begins anew with another secret.',
  })
  @ApiCreatedResponse({ type: TotpResponse, description: 'The secret for the app', headers: RATE_LIMIT_HEADERS })
  @ApiConflictResponse({ description: '`totp-enabled`: there is an app already; remove it first' })
  begin(@CurrentSession() user: SessionUser): Promise<TotpResponse> {
    return this.settings.begin(user);
  }

  @Post('totp/confirm')
  @NO_STORE
  @SessionOnly({ fresh: true })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Switch the second factor on with the first code of the app',
    description: 'All other sessions end, and the owner gets a mail.',
  })
  @ApiOkResponse({ type: RecoveryCodesResponse, description: 'It is on', headers: RATE_LIMIT_HEADERS })
  @CODE_INVALID
  @ApiConflictResponse({ description: '`totp-enabled`: it is on already; `totp-disabled`: nothing was begun' })
  confirm(
    @Body() { code }: CodeRequest,
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
  ): Promise<RecoveryCodesResponse> {
    return this.settings.confirm(user, code, client);
  }

  @Delete('totp')
  @HttpCode(204)
  @SessionOnly({ fresh: true })
  @ApiOperation({
    summary: 'Switch the second factor off, with a code of the app or a recovery code',
    description: 'All other sessions end, the recovery codes are void, and the owner gets a mail.',
  })
  @ApiNoContentResponse({ description: 'It is off', headers: RATE_LIMIT_HEADERS })
  @CODE_INVALID
  @TOTP_DISABLED
  disable(
    @Body() { code }: CodeRequest,
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
  ): Promise<void> {
    return this.settings.disable(user, code, client);
  }

  @Post('recovery-codes')
  @NO_STORE
  @SessionOnly({ fresh: true })
  @HttpCode(200)
  @ApiOperation({ summary: 'Make ten new recovery codes', description: 'The former ones are void.' })
  @ApiOkResponse({ type: RecoveryCodesResponse, description: 'The new codes', headers: RATE_LIMIT_HEADERS })
  @TOTP_DISABLED
  renewRecoveryCodes(
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
  ): Promise<RecoveryCodesResponse> {
    return this.settings.renewRecoveryCodes(user, client);
  }
}
