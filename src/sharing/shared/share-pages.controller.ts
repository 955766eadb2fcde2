import { Body, Controller, Get, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SignInLimitGuard } from '../../auth/limits/sign-in-limit.guard';
import { type Client, CurrentClient } from '../../common/client';
import { HtmlPage } from '../../common/html-page';
import { Public } from '../../common/public';
import { SHARE_PAGE } from '../share-token';
import { HeadersOnly } from './headers-only';
import { ReadLimit } from './read-limit';
import type { SharePage } from './share-page-views';
import { SharePagesService } from './share-pages.service';
import { OpenShareRequest } from './shared-note.requests';

/** Where the links of shares lead: a page that works without scripts. */
@ApiExcludeController()
@Public()
@Controller(SHARE_PAGE)
export class SharePagesController {
  constructor(private readonly pages: SharePagesService) {}

  @Get(':token')
  @HtmlPage()
  @ReadLimit()
  async read(
    @Param('token') token: string,
    @CurrentClient() client: Client,
    @HeadersOnly() headersOnly: boolean,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(reply, await this.pages.show({ token, client, headersOnly }));
  }

  @Post(':token')
  @HtmlPage()
  @UseGuards(SignInLimitGuard)
  async open(
    @Param('token') token: string,
    @Body() { password }: OpenShareRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(reply, await this.pages.show({ token, password, client }));
  }
}

function show(reply: FastifyReply, { status, headers, page }: SharePage): string {
  void reply.code(status).headers(headers);
  return page;
}
