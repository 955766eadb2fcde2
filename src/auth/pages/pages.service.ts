import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Client } from '../../common/client';
import { html } from '../../common/html';
import { htmlPage } from '../../common/html-page';
import { ProblemError } from '../../common/problem';
import { EmailsService } from '../emails/emails.service';
import { isCodeOfThisBrowser } from '../oauth/shown-code';
import { PasswordsService } from '../passwords/passwords.service';
import { errorText } from './error-texts';
import * as views from './page-views';
import type { PageAnswer } from './page-views';

/** What a code or the token of a link looks like; nothing else that a link brings is shown or looked up. */
const SECRET = /^[\w-]{20,200}$/;

/** The pages for people: what they say, and what their forms do. What they have no words for is said by the filter. */
@Injectable()
export class PagesService {
  constructor(
    private readonly emails: EmailsService,
    private readonly passwords: PasswordsService,
  ) {}

  /** A form that verifies; uses nothing up. */
  async verifyEmailForm(token: unknown): Promise<PageAnswer> {
    const email = isSecret(token) ? await this.emails.addressOf(token) : null;
    return isSecret(token) && email !== null ? views.verifyEmailForm(token, email) : views.verificationLinkInvalid();
  }

  async verifyEmail(token: string, client: Client): Promise<PageAnswer> {
    try {
      await this.emails.confirm(token, client);
      return views.emailVerified();
    } catch (error) {
      if (isProblem(error, 'token-invalid')) return views.verificationLinkInvalid();
      if (isProblem(error, 'email-taken')) return views.emailTaken();
      throw error;
    }
  }

  /** A form for a new password; uses nothing up. */
  async resetPasswordForm(token: unknown): Promise<PageAnswer> {
    const isUsable = isSecret(token) && (await this.passwords.canReset(token));
    return isUsable ? views.resetPasswordForm(token) : views.resetLinkInvalid();
  }

  /** The form comes again, with the reason, when the password cannot be used. */
  async resetPassword(token: string, password: string, client: Client): Promise<PageAnswer> {
    try {
      await this.passwords.reset({ token, newPassword: password }, client);
      return views.passwordSet();
    } catch (error) {
      if (isProblem(error, 'token-invalid')) return views.resetLinkInvalid();
      const fault = isProblem(error, 'validation-failed') ? error.options.errors?.[0]?.detail : undefined;
      if (fault !== undefined) return views.resetPasswordForm(token, fault);
      throw error;
    }
  }

  /** Shows a code to the browser that it was given to, and to no other: see `codeCookie`. */
  signedIn(code: unknown, request: FastifyRequest): PageAnswer {
    const isOurs = isSecret(code) && isCodeOfThisBrowser(request, code);
    return isOurs ? views.signedIn(code) : this.error('state-invalid', 400);
  }

  /** 200 for a page that was found, whatever it tells of. */
  error(code: unknown, status = 200): PageAnswer {
    const { title, text } = errorText(typeof code === 'string' ? code : undefined);
    return { status, page: htmlPage(title, html`<p>${text}</p>`) };
  }
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && SECRET.test(value);
}

function isProblem(error: unknown, code: string): error is ProblemError {
  return error instanceof ProblemError && error.code === code;
}
