import { Body, Controller, Get, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Client, CurrentClient } from '../../common/client';
import { HtmlPage } from '../../common/html-page';
import { Public } from '../../common/public';
import { SignInLimitGuard } from '../limits/sign-in-limit.guard';
import { ERROR_PAGE, RESET_PASSWORD_PAGE, SIGNED_IN_PAGE, VERIFY_EMAIL_PAGE } from './page-paths';
import type { PageAnswer } from './page-views';
import { ResetPasswordForm, VerifyEmailForm } from './pages.requests';
import { PagesService } from './pages.service';

/** Where links in mails and sign-ins at providers lead: pages that work without scripts, for those whose client has none of its own. */
@ApiExcludeController()
@Public()
@Controller()
export class PagesController {
  constructor(private readonly pages: PagesService) {}

  @Get(VERIFY_EMAIL_PAGE)
  @HtmlPage()
  @UseGuards(SignInLimitGuard)
  async verifyEmailForm(
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(reply, await this.pages.verifyEmailForm(token));
  }

  @Post(VERIFY_EMAIL_PAGE)
  @HtmlPage()
  @UseGuards(SignInLimitGuard)
  async verifyEmail(
    @Body() { token }: VerifyEmailForm,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(reply, await this.pages.verifyEmail(token, client));
  }

  @Get(RESET_PASSWORD_PAGE)
  @HtmlPage()
  @UseGuards(SignInLimitGuard)
  async resetPasswordForm(
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(reply, await this.pages.resetPasswordForm(token));
  }

  @Post(RESET_PASSWORD_PAGE)
  @HtmlPage()
  @UseGuards(SignInLimitGuard)
  async resetPassword(
    @Body() { token, password }: ResetPasswordForm,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return show(reply, await this.pages.resetPassword(token, password, client));
  }

  @Get(SIGNED_IN_PAGE)
  @HtmlPage()
  signedIn(
    @Query('code') code: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return show(reply, this.pages.signedIn(code, request));
  }

  @Get(ERROR_PAGE)
  @HtmlPage()
  error(@Query('code') code: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    return show(reply, this.pages.error(code));
  }
}

function show(reply: FastifyReply, { status, page }: PageAnswer): string {
  void reply.code(status);
  return page;
}
