import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { AuthenticatedUser, SessionUser } from '../../common/current-user';
import { ForbiddenError, ValidationFailedError } from '../../common/problem';
import { Config } from '../../config/config';
import { MailService } from '../../mail/mail.service';
import { tryLockUser } from '../../users/lock-user';
import { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import type { OneTimePurpose } from '../one-time-tokens/one-time-token.entity';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import { TokenInvalidError } from '../one-time-tokens/token-invalid.error';
import { RESET_PASSWORD_PAGE } from '../pages/page-paths';
import { SessionsService } from '../sessions/sessions.service';
import { hashNewPassword } from './new-password';
import { passwordChangedMail, passwordResetMail, resetMail } from './password-mails';
import { PasswordProof } from './password-proof';
import type { ChangePasswordRequest, ResetPasswordRequest } from './passwords.requests';

/** How long `forgot` takes at least, in milliseconds: much longer than its work, so that the time does not tell whether there was any. */
const FORGOT_MS = 250;

/** All that was sent or begun before, and would open or change the account after. */
const PENDING: OneTimePurpose[] = ['reset-password', 'verify-email', 'change-email', 'second-factor', 'provider-code'];

/**
 * Takes every other way in away from an account whose address nobody had proven: somebody may have made it with an address that is not theirs, to walk into it
 * once its owner uses it. The second factor stays: a reset never takes one away (ASVS 6.4.3).
 */
const FORGET_UNPROVEN = `
  with identity as (delete from identities where user_id = $1), passkey as (delete from passkeys where user_id = $1)
  delete from access_tokens where user_id = $1`;

@Injectable()
export class PasswordsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokensService,
    private readonly audit: AuditService,
    private readonly mails: MailService,
    private readonly proof: PasswordProof,
    private readonly config: Config,
  ) {}

  /**
   * Changes the password of the signed-in user, or sets the first one, ends all other sessions and tells the user by mail.
   * @throws ValidationFailedError; ForbiddenError `wrong-password` (also when another change was first), or `fresh-sign-in-required` for a first password;
   * ProblemError 429 too soon after failures, 503 when too many passwords wait to be hashed
   */
  async change(user: AuthenticatedUser, request: ChangePasswordRequest, client: Client): Promise<void> {
    const { credential } = user;
    if (credential.kind !== 'session') throw new ForbiddenError('session-required', 'Access tokens cannot do this');
    const { sessionId } = credential;
    const { email, passwordHash = null } = await this.users.getWithPassword(user.id);
    if (passwordHash === null) this.requireFresh(credential.authenticatedAt);
    else await this.requirePassword({ id: user.id, sessionId }, passwordHash, request.currentPassword, client);
    const newPassword = { password: request.newPassword, pointer: '#/newPassword', email, presentHash: passwordHash };
    const changed = await hashNewPassword(newPassword);
    await this.dataSource.transaction(async (manager) => {
      const present = await tryLockUser(manager, user.id);
      // Of two changes at once, one is made: the other was allowed by a password that is no longer the present one.
      if (present === null || present.passwordHash !== passwordHash) throw wrongPassword();
      await setPassword(manager, user.id, changed);
      await this.tokens.void(manager, user.id, ['reset-password', 'change-email', 'second-factor']);
      await this.sessions.endAll(manager, user.id, { except: sessionId });
      await this.audit.record(manager, { userId: user.id, type: 'password-changed', client, sessionId });
      await this.mails.send(manager, { to: present.email, ...passwordChangedMail(), userId: user.id });
    });
  }

  /** Sends a link to set a new password if the address has an account that is not disabled; says nothing of it, and takes as long if not. */
  async forgot(email: string, client: Client): Promise<void> {
    await Promise.all([this.sendResetLink(email, client), sleep(FORGOT_MS)]);
  }

  /** Whether a link to set a new password can still be used; uses nothing up. */
  async canReset(token: string): Promise<boolean> {
    return (await this.tokens.find(this.dataSource.manager, 'reset-password', token)) !== null;
  }

  /**
   * Sets a new password with the link of a mail, which proves the address as well. Ends all sessions and voids all pending links, and signs nobody in:
   * a second factor must not be passed by.
   * @throws TokenInvalidError; ValidationFailedError, which leaves the link as it is; ProblemError 503 when too many passwords wait to be hashed
   */
  async reset({ token, newPassword }: ResetPasswordRequest, client: Client): Promise<void> {
    const link = await this.tokens.find(this.dataSource.manager, 'reset-password', token);
    const user = link?.userId ? await findWithHash(this.dataSource.manager, link.userId) : null;
    if (user === null) throw new TokenInvalidError();
    const { id: userId, email, passwordHash: presentHash } = user;
    const hash = await hashNewPassword({ password: newPassword, pointer: '#/newPassword', email, presentHash });
    await this.dataSource.transaction(async (manager) => {
      // The user's row first, here and wherever links are given out or voided: two at once wait for each other instead of both for a link.
      const present = await tryLockUser(manager, userId);
      const used = await this.tokens.consume(manager, 'reset-password', token);
      // What the link proves is the address that it was sent to.
      if (present === null || used?.email !== present.email || present.disabledAt !== null)
        throw new TokenInvalidError();
      await setPassword(manager, userId, hash);
      if (present.emailVerifiedAt === null) {
        await manager.query(FORGET_UNPROVEN, [userId]);
        await manager.update(User, { id: userId }, { emailVerifiedAt: new Date() });
        await this.audit.record(manager, { userId, type: 'email-verified', client });
      }
      await this.tokens.void(manager, userId, PENDING);
      await this.sessions.endAll(manager, userId);
      await this.audit.record(manager, { userId, type: 'password-reset', client });
      await this.mails.send(manager, { to: present.email, ...passwordResetMail(), userId });
    });
  }

  private async sendResetLink(email: string, client: Client): Promise<void> {
    const found = await this.users.findByEmail(email);
    if (found === null || found.disabledAt !== null) return;
    await this.dataSource.transaction(async (manager) => {
      const user = await tryLockUser(manager, found.id);
      if (user === null) return;
      const { id: userId, email: to } = user;
      await this.tokens.void(manager, userId, ['reset-password']);
      const token = await this.tokens.issue(manager, { purpose: 'reset-password', userId, email: to });
      await this.audit.record(manager, { userId, type: 'password-reset-requested', client });
      const url = `${this.config.publicUrl}${RESET_PASSWORD_PAGE}?token=${token}`;
      await this.mails.send(manager, { to, ...resetMail(url), userId });
    });
  }

  /** @throws ValidationFailedError; ForbiddenError `wrong-password`; ProblemError `too-many-requests` too soon after failures */
  private async requirePassword(
    user: Pick<SessionUser, 'id' | 'sessionId'>,
    hash: string,
    given: string | undefined,
    client: Client,
  ): Promise<void> {
    if (given === undefined) {
      const detail = 'must be the present password';
      throw new ValidationFailedError([{ pointer: '#/currentPassword', detail, code: 'isString' }]);
    }
    if (await this.proof.isRight(user, hash, given, { action: 'change-password', client })) return;
    throw wrongPassword();
  }

  private requireFresh(authenticatedAt: Date): void {
    if (Date.now() - authenticatedAt.getTime() <= this.config.FRESH_SIGN_IN_SECONDS * 1_000) return;
    throw new ForbiddenError(
      'fresh-sign-in-required',
      'Prove who you are before you set a first password: sign in again',
    );
  }
}

function wrongPassword(): ForbiddenError {
  return new ForbiddenError('wrong-password', 'The present password is wrong');
}

function findWithHash(manager: EntityManager, id: string): Promise<User | null> {
  return manager.createQueryBuilder(User, 'user').addSelect('user.passwordHash').where({ id }).getOne();
}

async function setPassword(manager: EntityManager, id: string, passwordHash: string): Promise<void> {
  await manager.update(User, { id }, { passwordHash, passwordChangedAt: new Date() });
}
