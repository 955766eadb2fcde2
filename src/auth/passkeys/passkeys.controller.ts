import { Body, Controller, Delete, Get, Header, HttpCode, Patch, Post, Res, UseGuards } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
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
import { IdParam } from '../../common/uuid';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { RefreshCookie } from '../sessions/refresh-cookie';
import { SessionResponse } from '../sign-in/session.response';
import { PasskeySignInService } from './passkey-sign-in.service';
import { AddPasskeyRequest, PasskeyLoginRequest, UpdatePasskeyRequest } from './passkey.requests';
import {
  PasskeyCreationOptionsResponse,
  PasskeyListResponse,
  PasskeyRequestOptionsResponse,
  PasskeyResponse,
} from './passkey.responses';
import { PasskeysService } from './passkeys.service';

const NO_STORE = Header('Cache-Control', 'no-store');
const NOT_FOUND = ApiNotFoundResponse({ description: 'There is no such passkey, or it is not yours' });
const FULL = 'there are 20 already';

@ApiTags('auth')
@ApiTooManyRequestsResponse({
  description: 'Too many attempts from this address or for this account: wait as long as `Retry-After` says',
  headers: RATE_LIMIT_HEADERS,
})
@Controller('auth/passkeys')
@UseGuards(SignInLimitGuard)
export class PasskeysController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly signIn: PasskeySignInService,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('registration')
  @NO_STORE
  @SessionOnly({ fresh: true })
  @HttpCode(200)
  @ApiOperation({ summary: 'Begin to add a passkey' })
  @ApiOkResponse({
    type: PasskeyCreationOptionsResponse,
    description: 'What the browser needs to make one',
    headers: RATE_LIMIT_HEADERS,
  })
  @ApiConflictResponse({ description: `\`conflict\`: ${FULL}` })
  begin(@CurrentSession() user: SessionUser): Promise<PasskeyCreationOptionsResponse> {
    return this.passkeys.begin(user);
  }

  @Post()
  @SessionOnly({ fresh: true })
  @ApiOperation({ summary: 'Add the passkey that the browser made', description: 'The owner gets a mail.' })
  @ApiCreatedResponse({ type: PasskeyResponse, description: 'The passkey', headers: RATE_LIMIT_HEADERS })
  @ApiBadRequestResponse({
    description:
      '`passkey-invalid`: it is not what was asked for, or the ticket is used or expired; or the request is not valid',
  })
  @ApiConflictResponse({ description: `\`passkey-taken\`: it is registered already; \`conflict\`: ${FULL}` })
  add(
    @Body() body: AddPasskeyRequest,
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
  ): Promise<PasskeyResponse> {
    return this.passkeys.add(user, body, client);
  }

  @Get()
  @SessionOnly()
  @ApiOperation({ summary: 'List the passkeys of the account' })
  @ApiOkResponse({ type: PasskeyListResponse, description: 'All passkeys', headers: RATE_LIMIT_HEADERS })
  async list(@CurrentSession() user: SessionUser): Promise<PasskeyListResponse> {
    return { data: await this.passkeys.list(user) };
  }

  @Patch(':id')
  @SessionOnly()
  @ApiOperation({ summary: 'Rename a passkey', description: 'A JSON merge patch (RFC 7396).' })
  @ApiConsumes('application/json', 'application/merge-patch+json')
  @ApiOkResponse({ type: PasskeyResponse, description: 'The passkey as renamed', headers: RATE_LIMIT_HEADERS })
  @NOT_FOUND
  rename(
    @IdParam() id: string,
    @Body() { name }: UpdatePasskeyRequest,
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
  ): Promise<PasskeyResponse> {
    return this.passkeys.rename(user, id, name, client);
  }

  @Delete(':id')
  @HttpCode(204)
  @SessionOnly({ fresh: true })
  @ApiOperation({ summary: 'Remove a passkey', description: 'The owner gets a mail. Sessions go on.' })
  @ApiNoContentResponse({ description: 'It no longer signs in', headers: RATE_LIMIT_HEADERS })
  @NOT_FOUND
  @ApiConflictResponse({ description: '`last-way-in`: there is no other way into the account' })
  remove(@IdParam() id: string, @CurrentSession() user: SessionUser, @CurrentClient() client: Client): Promise<void> {
    return this.passkeys.remove(user, id, client);
  }

  @Post('authentication')
  @NO_STORE
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Begin to sign in with a passkey', security: [] })
  @ApiOkResponse({
    type: PasskeyRequestOptionsResponse,
    description: 'What the browser needs to sign',
    headers: RATE_LIMIT_HEADERS,
  })
  beginSignIn(): Promise<PasskeyRequestOptionsResponse> {
    return this.signIn.begin();
  }

  @Post('login')
  @NO_STORE
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in with a passkey',
    description: 'No code is asked for: a passkey that asked for a finger, a face or a PIN is two factors in one.',
    security: [],
  })
  @ApiOkResponse({ type: SessionResponse, description: 'A new session', headers: RATE_LIMIT_HEADERS })
  @ApiUnauthorizedResponse({ description: 'The passkey was not accepted, or the ticket is used or expired' })
  async login(
    @Body() body: PasskeyLoginRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    return this.cookie.deliver(reply, await this.signIn.finish(body, client), body.tokenDelivery === 'cookie');
  }
}
