import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { ConflictError } from '../../common/problem';
import { Config } from '../../config/config';
import { renderMail } from '../../mail/mail-template';
import { MailService } from '../../mail/mail.service';
import { tryLockUser } from '../../users/lock-user';
import type { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import { ONE_TIME_TOKEN_SECONDS } from '../one-time-tokens/one-time-token.entity';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import { RESET_PASSWORD_PAGE } from '../pages/page-paths';
import { hashNewPassword } from '../passwords/new-password';
import { accountOf } from './account-of';
import { type Actor, auditOf } from './actor';
import type { CreateUserRequest } from './create-user.request';

const MINUTES = ONE_TIME_TOKEN_SECONDS['reset-password'] / 60;

/** How the link to set a password gets to the user: in a mail, or by whoever asked for it. */
export type LinkDelivery = 'mail' | 'show';

/** Makes accounts, and links to set a password, without the user: for commands, which are the operator's. */
@Injectable()
export class AccountSetupService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly mails: MailService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes an account, whatever `REGISTRATION` says. The operator vouches for the address: it counts as verified.
   * @throws ValidationFailedError for a password that is too common or the address; ConflictError `email-taken`
   */
  async create(actor: Actor, request: CreateUserRequest): Promise<void> {
    const { email, password } = request;
    const passwordHash =
      password === undefined ? null : await hashNewPassword({ password, pointer: '#/password', email });
    await this.dataSource.transaction((manager) => this.insert(manager, actor, request, passwordHash));
  }

  /**
   * Makes an account without a password, and a link to set the first one.
   * @returns the link to show; null when it was mailed. @throws ConflictError `email-taken`, `mail-unavailable`
   */
  async invite(actor: Actor, request: CreateUserRequest, delivery: LinkDelivery): Promise<string | null> {
    return this.dataSource.transaction(async (manager) => {
      const user = await this.insert(manager, actor, request, null);
      return this.deliver(manager, user, delivery, {
        subject: 'Your Commonplace account',
        paragraphs: ['An account was made for you. Choose a password to begin.'],
        label: 'Choose a password',
      });
    });
  }

  /**
   * A link with which the user of an address sets a new password. Until it is used, nothing but former links ends.
   * @returns the link to show; null when it was mailed. @throws ProblemError `not-found`; ConflictError `account-disabled`, `mail-unavailable`
   */
  async resetLink(actor: Actor, email: string, delivery: LinkDelivery): Promise<string | null> {
    const { id: userId } = await accountOf(this.users, email);
    return this.dataSource.transaction(async (manager) => {
      const user = await tryLockUser(manager, userId);
      if (user === null || user.disabledAt !== null) {
        throw new ConflictError('account-disabled', 'The account is disabled: enable it first');
      }
      // As when the user asks: a link voids those before it.
      await this.tokens.void(manager, userId, ['reset-password']);
      await this.audit.record(manager, { userId, ...auditOf(actor), type: 'password-reset-requested' });
      return this.deliver(manager, user, delivery, {
        subject: 'Set a new password',
        paragraphs: ['The administrator of this server sends you a link to set a new password.'],
        label: 'Set a new password',
      });
    });
  }

  private async insert(
    manager: EntityManager,
    actor: Actor,
    { email, name, admin }: CreateUserRequest,
    passwordHash: string | null,
  ): Promise<User> {
    const user = await this.users.create(manager, {
      email,
      passwordHash,
      name: name?.trim() || null,
      emailVerifiedAt: new Date(),
      role: admin ? 'admin' : 'user',
    });
    await this.audit.record(manager, { userId: user.id, ...auditOf(actor, { role: user.role }), type: 'registered' });
    return user;
  }

  private async deliver(
    manager: EntityManager,
    user: User,
    delivery: LinkDelivery,
    mail: { subject: string; paragraphs: string[]; label: string },
  ): Promise<string | null> {
    const token = await this.tokens.issue(manager, { purpose: 'reset-password', userId: user.id, email: user.email });
    const url = `${this.config.publicUrl}${RESET_PASSWORD_PAGE}?token=${token}`;
    if (delivery === 'show') return url;
    if (this.config.SMTP_URL === undefined) {
      throw new ConflictError(
        'mail-unavailable',
        'SMTP_URL is not set, so no mail can be sent: hand the link over instead',
      );
    }
    const content = renderMail({
      subject: mail.subject,
      paragraphs: mail.paragraphs,
      action: { label: mail.label, url },
      footnote: `The link works once, for ${MINUTES} minutes. After that, ask for another one with “forgot password”.`,
    });
    await this.mails.send(manager, { to: user.email, userId: user.id, ...content });
    return null;
  }
}
