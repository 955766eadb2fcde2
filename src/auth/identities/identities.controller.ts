import { Body, Controller, Delete, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { IdParam } from '../../common/uuid';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { LinkIdentityRequest } from '../oauth/oauth.requests';
import { IdentitiesService } from './identities.service';
import { IdentitiesResponse, IdentityResponse } from './identity.response';

const LIMITED = ApiTooManyRequestsResponse({
  description: 'Too many attempts from this address or for this account: wait as long as `Retry-After` says',
  headers: RATE_LIMIT_HEADERS,
});

@ApiTags('auth')
@Controller('auth/identities')
export class IdentitiesController {
  constructor(private readonly identities: IdentitiesService) {}

  @Get()
  @SessionOnly()
  @ApiOperation({ summary: 'The accounts at providers that sign into this one' })
  @ApiOkResponse({ type: IdentitiesResponse, description: 'All of them' })
  async list(@CurrentSession() user: SessionUser): Promise<IdentitiesResponse> {
    const rows = await this.identities.list(user.id);
    return { data: rows.map((row) => IdentityResponse.from(row)) };
  }

  @Post()
  @SessionOnly({ fresh: true })
  @UseGuards(SignInLimitGuard)
  @ApiOperation({
    summary: 'Link an account at a provider',
    description: 'The browser signs in at the provider as for `POST /auth/exchange`; the code goes here instead.',
  })
  @ApiCreatedResponse({
    type: IdentityResponse,
    description: 'It is linked, or was before',
    headers: RATE_LIMIT_HEADERS,
  })
  @ApiConflictResponse({ description: '`identity-taken`: it signs into another account here' })
  @LIMITED
  async link(
    @CurrentSession() user: SessionUser,
    @Body() body: LinkIdentityRequest,
    @CurrentClient() client: Client,
  ): Promise<IdentityResponse> {
    return IdentityResponse.from(await this.identities.link(user, body, client));
  }

  @Delete(':id')
  @HttpCode(204)
  @SessionOnly({ fresh: true })
  @UseGuards(SignInLimitGuard)
  @ApiOperation({ summary: 'Unlink an account at a provider' })
  @ApiNoContentResponse({ description: 'It does not sign in here any more', headers: RATE_LIMIT_HEADERS })
  @ApiNotFoundResponse({ description: 'No such identity of yours' })
  @ApiConflictResponse({ description: '`last-way-in`: nothing else signs into this account' })
  @LIMITED
  unlink(@CurrentSession() user: SessionUser, @IdParam() id: string, @CurrentClient() client: Client): Promise<void> {
    return this.identities.unlink(user, id, client);
  }
}
