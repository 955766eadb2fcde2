import { isIP } from 'node:net';
import { Body, Controller, Header, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { Public } from '../common/public';
import { LoginRequest, RefreshRequest, RegisterRequest } from './auth.requests';
import { AuthService } from './auth.service';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from './sign-in-limit.guard';
import { SessionResponse } from './session.response';
import type { Client } from './sessions.service';

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
  constructor(private readonly auth: AuthService) {}

  @Post('register')
  @NO_STORE
  @Public()
  @ApiOperation({ summary: 'Make an account and sign in', security: [] })
  @ApiCreatedResponse({
    type: SessionResponse,
    description: 'The account and its first session',
    headers: RATE_LIMIT_HEADERS,
  })
  @ApiConflictResponse({ description: '`email-taken`: the address has an account' })
  register(@Body() body: RegisterRequest, @Req() request: FastifyRequest): Promise<SessionResponse> {
    return this.auth.register(body, clientOf(request));
  }

  @Post('login')
  @NO_STORE
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a password', security: [] })
  @ApiOkResponse({ type: SessionResponse, description: 'A new session', headers: RATE_LIMIT_HEADERS })
  @ApiUnauthorizedResponse({ description: 'The e-mail address or the password is wrong' })
  login(@Body() body: LoginRequest, @Req() request: FastifyRequest): Promise<SessionResponse> {
    return this.auth.login(body, clientOf(request));
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
  refresh(@Body() body: RefreshRequest): Promise<SessionResponse> {
    return this.auth.refresh(body);
  }

  @Post('logout')
  @HttpCode(204)
  @ApiBearerAuth('bearer')
  @ApiOperation({ summary: 'End this session', description: 'Its access tokens stop working within 10 s everywhere.' })
  @ApiNoContentResponse({ description: 'The session has ended', headers: RATE_LIMIT_HEADERS })
  logout(@CurrentUser() user: AuthenticatedUser): Promise<void> {
    return this.auth.logout(user);
  }
}

function clientOf(request: FastifyRequest): Client {
  // Behind a proxy it is what the header says, which may be no address; PostgreSQL's type knows no zone (`fe80::1%eth0`).
  const ip = isIP(request.ip) === 0 ? null : (request.ip.split('%')[0] ?? null);
  return { ip, userAgent: request.headers['user-agent'] ?? null };
}
