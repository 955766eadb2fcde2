import { applyDecorators, Body, Controller, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import {
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { RATE_LIMIT_HEADERS, SignInLimitGuard } from '../../auth/limits/sign-in-limit.guard';
import { type Client, CurrentClient } from '../../common/client';
import { Public } from '../../common/public';
import { HeadersOnly } from './headers-only';
import { ReadLimit } from './read-limit';
import { OpenShareRequest } from './shared-note.requests';
import { SharedNoteResponse } from './shared-note.response';
import { SharedNotesService } from './shared-notes.service';

/** What both ways to read have in common: answers that nobody keeps, finds or is told of by a referrer. */
const Shared = (): MethodDecorator =>
  applyDecorators(
    Public(),
    Header('Cache-Control', 'private, no-store'),
    Header('Referrer-Policy', 'no-referrer'),
    Header('X-Robots-Tag', 'noindex'),
    ApiParam({ name: 'token', description: 'What the link ends with', example: 'pXq0T2Xw3b5mQ9sYd7uAa4' }),
    ApiOkResponse({ type: SharedNoteResponse, description: 'The note', headers: RATE_LIMIT_HEADERS }),
    ApiNotFoundResponse({ description: 'There is no such share, it was revoked, or it shows nothing at the moment' }),
    ApiTooManyRequestsResponse({
      description: 'Too many requests from this address, or wrong passwords: wait as long as `Retry-After` says',
      headers: RATE_LIMIT_HEADERS,
    }),
  );

@ApiTags('shares')
@Controller('shared')
export class SharedNotesController {
  constructor(private readonly notes: SharedNotesService) {}

  @Get(':token')
  @Shared()
  @ReadLimit()
  @ApiOperation({ summary: 'Read a shared note', security: [] })
  @ApiUnauthorizedResponse({ description: '`share-password-required`: send it by POST' })
  async read(
    @Param('token') token: string,
    @CurrentClient() client: Client,
    @HeadersOnly() headersOnly: boolean,
  ): Promise<SharedNoteResponse> {
    return SharedNoteResponse.from(await this.notes.open({ token, client, headersOnly }));
  }

  @Post(':token')
  @HttpCode(200)
  @Shared()
  @UseGuards(SignInLimitGuard)
  @ApiOperation({ summary: 'Read a shared note that has a password', security: [] })
  @ApiUnauthorizedResponse({ description: '`share-password-wrong`' })
  async open(
    @Param('token') token: string,
    @Body() { password }: OpenShareRequest,
    @CurrentClient() client: Client,
  ): Promise<SharedNoteResponse> {
    return SharedNoteResponse.from(await this.notes.open({ token, password, client }));
  }
}
