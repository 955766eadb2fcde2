import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { AuthenticatedUser, SessionUser } from '../../common/current-user';
import { ConflictError, ForbiddenError } from '../../common/problem';
import { Config } from '../../config/config';
import { MailService } from '../../mail/mail.service';
import { accountIsGone } from '../../users/account-is-gone';
import { lockAdministrators, requireAnother } from '../../users/administrators';
import { lockUser } from '../../users/lock-user';
import type { UpdateUserRequest } from '../../users/update-user.request';
import { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import { PasswordProof } from '../passwords/password-proof';
import { SessionsService } from '../sessions/sessions.service';
import { deletedMail, deletionMail } from './account-mails';

/** The clock of the database decides, here and in `AccountDeletions`. */
const SCHEDULE = `update users set delete_after = now() + make_interval(days => $2::integer) where id = $1 returning delete_after`;

const KEEP = `update users set delete_after = null where id = $1 and delete_after > clock_timestamp() returning id`;

/** What users do with their own account: its profile, its end. */
@Injectable()
export class AccountService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly proof: PasswordProof,
    private readonly mails: MailService,
    private readonly config: Config,
  ) {}

  /** @throws UnauthorizedError when the account is gone. */
  async update({ id: userId, sessionId }: SessionUser, patch: UpdateUserRequest, client: Client): Promise<User> {
    await this.dataSource.transaction(async (manager) => {
      const fields = await this.users.update(manager, userId, patch);
      if (fields.length === 0) return;
      const detail = { fields };
      await this.audit.record(manager, { userId, type: 'profile-changed', client, sessionId, detail });
    });
    return this.users.getSelf(userId);
  }

  /**
   * Asks for the deletion of the account, ends all other sessions and tells the owner by mail. Asking again changes nothing.
   * @returns when the account goes.
   * @throws ForbiddenError `wrong-password`, or `fresh-sign-in-required` without a password; ConflictError `last-administrator`; UnauthorizedError when the
   * account is gone; ProblemError `too-many-requests` too soon after wrong passwords in this session.
   */
  async delete(user: AuthenticatedUser, password: string | undefined, client: Client): Promise<Date> {
    const { id: userId, credential } = user;
    if (credential.kind !== 'session') throw new ForbiddenError('session-required', 'Access tokens cannot do this');
    const { sessionId, authenticatedAt } = credential;
    const provenHash =
      password === undefined
        ? this.requireFresh(authenticatedAt)
        : await this.requirePassword({ id: userId, sessionId }, password, client);
    return this.dataSource.transaction(async (manager) => {
      const administrators = await lockAdministrators(manager);
      const present = await lockUser(manager, userId);
      if (provenHash !== undefined && present.passwordHash !== provenHash) throw wrongPassword();
      if (present.deleteAfter !== null) return present.deleteAfter;
      if (present.role === 'admin') requireAnother(administrators, userId);
      const atOnce = this.config.ACCOUNT_DELETION_DAYS === 0;
      const deleteAfter = await this.schedule(manager, userId);
      await this.sessions.endAll(manager, userId, atOnce ? {} : { except: sessionId });
      const detail = { deleteAfter: deleteAfter.toISOString() };
      await this.audit.record(manager, { userId, type: 'deletion-requested', client, sessionId, detail });
      const { publicUrl } = this.config;
      const mail = atOnce ? deletedMail(publicUrl) : deletionMail(publicUrl, deleteAfter);
      await this.mails.send(manager, { to: present.email, ...mail, userId });
      return deleteAfter;
    });
  }

  /**
   * Keeps an account that is to be deleted; one that is not stays as it is.
   * @throws ConflictError `conflict` when its time is over, and its deletion has perhaps begun.
   */
  async keep({ id: userId, sessionId }: SessionUser, client: Client): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const present = await lockUser(manager, userId);
      if (present.deleteAfter === null) return;
      const [kept] = await manager.query<[{ id: string }[], number]>(KEEP, [userId]);
      if (kept.length === 0) throw new ConflictError('conflict', 'The account is being deleted: its time is over');
      await this.audit.record(manager, { userId, type: 'deletion-cancelled', client, sessionId });
    });
  }

  private requireFresh(authenticatedAt: Date): undefined {
    if (Date.now() - authenticatedAt.getTime() <= this.config.FRESH_SIGN_IN_SECONDS * 1_000) return;
    throw new ForbiddenError('fresh-sign-in-required', 'Send the password, or prove who you are first: sign in again');
  }

  /** @returns the hash that the password is right for. */
  private async requirePassword(
    user: Pick<SessionUser, 'id' | 'sessionId'>,
    password: string,
    client: Client,
  ): Promise<string | null> {
    const hash = await this.users.passwordHash(user.id);
    if (await this.proof.isRight(user, hash, password, { action: 'delete-account', client })) return hash;
    throw wrongPassword();
  }

  private async schedule(manager: EntityManager, userId: string): Promise<Date> {
    const days = this.config.ACCOUNT_DELETION_DAYS;
    const [rows] = await manager.query<[{ delete_after: Date }[], number]>(SCHEDULE, [userId, days]);
    const [row] = rows;
    if (row === undefined) throw accountIsGone();
    return row.delete_after;
  }
}

function wrongPassword(): ForbiddenError {
  return new ForbiddenError('wrong-password', 'The password is wrong');
}
