import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { ConflictError, ValidationFailedError } from '../../common/problem';
import { Config } from '../../config/config';
import { MailService } from '../../mail/mail.service';
import { lockUser, tryLockUser } from '../../users/lock-user';
import { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import type { OneTimePurpose, OneTimeToken } from '../one-time-tokens/one-time-token.entity';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import { TokenInvalidError } from '../one-time-tokens/token-invalid.error';
import { VERIFY_EMAIL_PAGE } from '../pages/page-paths';
import { changedMail, changeMail, changeRequestedMail, takenMail, verificationMail } from './email-mails';

/** Links that a change of the address voids: they were sent to the old one, or are about another new one. */
const ABOUT_ADDRESSES: OneTimePurpose[] = ['verify-email', 'change-email', 'reset-password'];

/** The addresses of accounts: that they belong to their users, and their change. */
@Injectable()
export class EmailsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly audit: AuditService,
    private readonly mails: MailService,
    private readonly config: Config,
  ) {}

  /** Sends the link that verifies a new account's address, in the transaction that makes the account; nothing when it is verified. */
  async sendVerification(manager: EntityManager, user: User): Promise<void> {
    if (user.emailVerifiedAt !== null) return;
    const { id: userId, email } = user;
    await this.tokens.void(manager, userId, ['verify-email']);
    const token = await this.tokens.issue(manager, { purpose: 'verify-email', userId, email });
    await this.mails.send(manager, { to: email, ...verificationMail(this.linkOf(token)), userId });
  }

  /** Sends the link again; those before are void. @throws ConflictError `email-verified` */
  async resendVerification(userId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const user = await lockUser(manager, userId);
      if (user.emailVerifiedAt !== null) throw new ConflictError('email-verified', 'The address is verified already');
      await this.sendVerification(manager, user);
    });
  }

  /**
   * Begins a change of the address: a link to the new one, a notice to the old one. A new address that has an account gets a mail that says so
   * instead; the answer is the same. A change that was begun before is void.
   * @throws ValidationFailedError when it is the present address
   */
  async requestChange({ id: userId, sessionId }: SessionUser, newEmail: string, client: Client): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const user = await lockUser(manager, userId);
      const owner = await this.users.findByEmail(newEmail);
      if (owner?.id === userId) {
        const fault = { pointer: '#/email', detail: 'is the address of the account already', code: 'isNewAddress' };
        throw new ValidationFailedError([fault]);
      }
      await this.tokens.void(manager, userId, ['change-email']);
      if (owner === null) {
        const token = await this.tokens.issue(manager, { purpose: 'change-email', userId, email: newEmail });
        await this.mails.send(manager, { to: newEmail, ...changeMail(this.linkOf(token)), userId });
      } else {
        await this.mails.send(manager, { to: owner.email, ...takenMail(), userId: owner.id });
      }
      await this.mails.send(manager, { to: user.email, ...changeRequestedMail(newEmail), userId });
      await this.audit.record(manager, { userId, type: 'email-change-requested', client, sessionId });
    });
  }

  /** The address that a link is about, while it can be used; null when it cannot. Uses nothing up. */
  async addressOf(token: string): Promise<string | null> {
    return (await this.find(token))?.email ?? null;
  }

  /**
   * Verifies the address that a link was sent to, and makes it that of the account if the link was for a change.
   * @throws TokenInvalidError; ConflictError `email-taken` when another account got the address meanwhile: the link stays as it is
   */
  async confirm(token: string, client: Client): Promise<void> {
    const link = await this.find(token);
    if (!link?.userId || link.email === null) throw new TokenInvalidError();
    const { userId, purpose, email } = link;
    await this.dataSource.transaction(async (manager) => {
      const user = await tryLockUser(manager, userId);
      const used = await this.tokens.consume(manager, purpose, token);
      if (user === null || used === null || user.disabledAt !== null) throw new TokenInvalidError();
      if (purpose === 'change-email') await this.change(manager, user, email, client);
      else await this.verify(manager, user, email, client);
    });
  }

  private async verify(manager: EntityManager, user: User, email: string, client: Client): Promise<void> {
    if (user.email !== email) throw new TokenInvalidError();
    const { id: userId } = user;
    await this.tokens.void(manager, userId, ['verify-email']);
    if (user.emailVerifiedAt !== null) return;
    await manager.update(User, { id: userId }, { emailVerifiedAt: new Date() });
    await this.audit.record(manager, { userId, type: 'email-verified', client });
  }

  private async change(manager: EntityManager, user: User, email: string, client: Client): Promise<void> {
    const { id: userId, email: before } = user;
    await this.users.changeEmail(manager, userId, email);
    await this.tokens.void(manager, userId, ABOUT_ADDRESSES);
    await this.audit.record(manager, { userId, type: 'email-changed', client, detail: { from: before, to: email } });
    await this.mails.send(manager, { to: before, ...changedMail(email), userId });
  }

  private async find(token: string): Promise<OneTimeToken | null> {
    const { manager } = this.dataSource;
    const verification = await this.tokens.find(manager, 'verify-email', token);
    return verification ?? this.tokens.find(manager, 'change-email', token);
  }

  private linkOf(token: string): string {
    return `${this.config.publicUrl}${VERIFY_EMAIL_PAGE}?token=${token}`;
  }
}
