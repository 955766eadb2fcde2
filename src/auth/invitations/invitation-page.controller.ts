import { Body, Controller, Get, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Client, CurrentClient } from '../../common/client';
import { HtmlPage } from '../../common/html-page';
import { Public } from '../../common/public';
import { SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { INVITATION_PAGE } from '../pages/page-paths';
import type { PageAnswer } from '../pages/page-views';
import { InvitationForm } from './invitation.form';
import { InvitationPageService } from './invitation-page.service';

/** Where the link of an invitation leads. */
@ApiExcludeController()
@Public()
@Controller(INVITATION_PAGE)
@UseGuards(SignInLimitGuard)
export class InvitationPageController {
  constructor(private readonly invitations: InvitationPageService) {}

  @Get()
  @HtmlPage()
  async form(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return show(reply, await this.invitations.form(token));
  }

  @Post()
  @HtmlPage()
  async accept(
    @Body() form: InvitationForm,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(reply, await this.invitations.accept(form, client));
  }
}

function show(reply: FastifyReply, { status, page }: PageAnswer): string {
  void reply.code(status);
  return page;
}
