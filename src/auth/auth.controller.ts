import { Body, Controller, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionOnly } from '../common/access';
import { type Client, CurrentClient } from '../common/client';
import { CurrentSession, type SessionUser } from '../common/current-user';
import { Public } from '../common/public';
import { LoginRequest, RefreshRequest, RegisterRequest } from './auth.requests';
import { AuthService } from './auth.service';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from './limits/sign-in-limit.guard';
import { RefreshCookie } from './sessions/refresh-cookie';
import { SessionResponse } from './sign-in/session.response';

/** RFC 6749, 5.1. */
const NO_STORE = Header('Cache-Control', 'no-store');

@ApiTags('auth')
@ApiTooManyRequestsResponse({
  description: 'Too many attempts from this address or for this account: wait as long as `Retry-After` says',
  headers: RATE_LIMIT_HEADERS,
})
@Controller('auth')
@UseGuards(SignInLimitGuard)
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('register')
  @NO_STORE
  @Public()
  @ApiOperation({ summary: 'Make an account and sign in', security: [] })
  @ApiCreatedResponse({
    type: SessionResponse,
    description: 'The account and its first session',
    headers: RATE_LIMIT_HEADERS,
  })
  @ApiForbiddenResponse({ description: '`registration-closed`: nobody can register, or only who was invited' })
  @ApiConflictResponse({ description: '`email-taken`: the address has an account' })
  async register(
    @Body() body: RegisterRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    return this.cookie.deliver(reply, await this.auth.register(body, client), body.tokenDelivery === 'cookie');
  }

  @Post('login')
  @NO_STORE
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a password', security: [] })
  @ApiOkResponse({ type: SessionResponse, description: 'A new session', headers: RATE_LIMIT_HEADERS })
  @ApiUnauthorizedResponse({ description: 'The e-mail address or the password is wrong' })
  async login(
    @Body() body: LoginRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    return this.cookie.deliver(reply, await this.auth.login(body, client), body.tokenDelivery === 'cookie');
  }

  @Post('refresh')
  @NO_STORE
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Trade a refresh token for new tokens',
    description:
      'A refresh token works once; repeated within 10 s it gives the same successor, later it ends the session.',
    security: [],
  })
  @ApiOkResponse({
    type: SessionResponse,
    description: 'The session with its next tokens',
    headers: RATE_LIMIT_HEADERS,
  })
  @ApiUnauthorizedResponse({ description: 'The refresh token is unknown, expired, or was used before' })
  async refresh(
    @Body() body: RefreshRequest,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    const inBody = body.refreshToken ?? undefined;
    const inCookie = inBody === undefined;
    const answer = this.auth.refresh({ token: inBody ?? this.cookie.require(request), inCookie, client });
    return inCookie ? this.cookie.keepOrClear(reply, answer) : answer;
  }

  @Post('logout')
  @HttpCode(204)
  @SessionOnly()
  @ApiOperation({ summary: 'End this session', description: 'Its access tokens stop working within 10 s everywhere.' })
  @ApiNoContentResponse({ description: 'The session has ended', headers: RATE_LIMIT_HEADERS })
  logout(
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.cookie.clearSent(request, reply);
    return this.auth.logout(user, client);
  }
}
