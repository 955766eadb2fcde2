import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiForbiddenResponse,
  ApiFoundResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Client, CurrentClient } from '../../common/client';
import { Public } from '../../common/public';
import { Config } from '../../config/config';
import { PROVIDER_IDS } from '../../config/provider-settings';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { RefreshCookie } from '../sessions/refresh-cookie';
import { SessionResponse } from '../sign-in/session.response';
import { BeginQuery, ExchangeRequest } from './oauth.requests';
import { type Departure, OAuthService } from './oauth.service';
import { ProviderResponse, ProvidersResponse } from './provider.response';
import { ProviderSignInService } from './provider-sign-in.service';
import { Providers } from './providers';

const NO_STORE = Header('Cache-Control', 'no-store');

const LIMITED = ApiTooManyRequestsResponse({
  description: 'Too many attempts from this address: wait as long as `Retry-After` says',
  headers: RATE_LIMIT_HEADERS,
});

const PROVIDER_PARAM = ApiParam({
  name: 'provider',
  enum: PROVIDER_IDS,
  description: 'The provider',
  example: 'google',
});
const NOT_CONFIGURED = ApiNotFoundResponse({ description: 'The provider is not configured here' });
const LOCATION = { Location: { description: 'Where the browser goes', schema: { type: 'string' as const } } };

@ApiTags('auth')
@Controller('auth')
export class OAuthController {
  constructor(
    private readonly oauth: OAuthService,
    private readonly providers: Providers,
    private readonly signIn: ProviderSignInService,
    private readonly cookie: RefreshCookie,
    private readonly config: Config,
  ) {}

  @Get('providers')
  @Public()
  @ApiOperation({ summary: 'The providers to sign in with', security: [] })
  @ApiOkResponse({ type: ProvidersResponse, description: 'Those that are configured' })
  list(): ProvidersResponse {
    return { data: this.providers.all().map((provider) => ProviderResponse.from(provider, this.config)) };
  }

  @Get('oauth/:provider')
  @Public()
  @UseGuards(SignInLimitGuard)
  @ApiOperation({
    summary: 'Begin to sign in at a provider, in a browser',
    description: 'Send `redirectUri` and `codeChallenge`, or neither: then the browser ends on a page of this server.',
    security: [],
  })
  @PROVIDER_PARAM
  @ApiFoundResponse({ description: 'To the provider', headers: { ...LOCATION, ...RATE_LIMIT_HEADERS } })
  @NOT_CONFIGURED
  @LIMITED
  async begin(@Param('provider') id: string, @Query() query: BeginQuery, @Res() reply: FastifyReply): Promise<void> {
    depart(reply, await this.oauth.begin(id, query), 302);
  }

  @Get('oauth/:provider/callback')
  @Public()
  @ApiOperation({
    summary: 'Come back from a provider, in a browser',
    description: 'The provider sends the browser here, with parameters of its own. It goes on with `code` or `error`.',
    security: [],
  })
  @PROVIDER_PARAM
  @ApiResponse({
    status: 303,
    description:
      'To the client with `code`, or with `error`: `access-denied` or `provider-error`; without one, to a page',
    headers: LOCATION,
  })
  @NOT_CONFIGURED
  async finish(
    @Param('provider') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    depart(reply, await this.oauth.finish(id, request.query, request.headers.cookie ?? ''), 303);
  }

  @Post('exchange')
  @NO_STORE
  @Public()
  @HttpCode(200)
  @UseGuards(SignInLimitGuard)
  @ApiOperation({
    summary: 'Trade the code of a provider for a session',
    description: 'Within a minute, once. Signs in, or makes an account where `REGISTRATION` allows it.',
    security: [],
  })
  @ApiOkResponse({ type: SessionResponse, description: 'A new session', headers: RATE_LIMIT_HEADERS })
  @ApiBadRequestResponse({ description: '`token-invalid`: the code is unknown, used or old, or not of this verifier' })
  @ApiUnauthorizedResponse({ description: '`second-factor-required`, with a `ticket`' })
  @ApiForbiddenResponse({
    description:
      '`registration-closed`; `link-required`: the address has an account, sign in to it and link; `email-missing`: the provider says no address; `account-disabled`',
  })
  @LIMITED
  async exchange(
    @Body() body: ExchangeRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    return this.cookie.deliver(reply, await this.signIn.exchange(body, client), body.tokenDelivery === 'cookie');
  }
}

/** What is in these addresses is for one browser, and for no other page to see as its referrer. */
function depart(reply: FastifyReply, { location, cookies }: Departure, status: 302 | 303): void {
  void reply
    .headers({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'Set-Cookie': cookies })
    .redirect(location, status);
}
