import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { UnauthorizedError } from '../../common/problem';
import { Config } from '../../config/config';
import type { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import { SignInDelays } from '../limits/sign-in-delays';
import { verifyPassword } from '../passwords/passwords';
import { lockUser, SessionsService } from '../sessions/sessions.service';
import { SignInService } from '../sign-in/sign-in.service';
import type { ReauthenticateRequest } from './reauthenticate.request';
import type { ReauthenticatedResponse } from './reauthenticated.response';

/** Lets the user of a session prove again who they are (ASVS 7.5.1), for what asks for a fresh sign-in. */
@Injectable()
export class ReauthenticationService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly signIn: SignInService,
    private readonly audit: AuditService,
    private readonly delays: SignInDelays,
    private readonly config: Config,
  ) {}

  /**
   * @throws UnauthorizedError when the password is wrong, the session has ended, or the account has a second factor that this session was opened without;
   * ProblemError `too-many-requests` too soon after failures
   */
  reauthenticate(
    user: SessionUser,
    { password }: ReauthenticateRequest,
    client: Client,
  ): Promise<ReauthenticatedResponse> {
    // A session of its own: guesses elsewhere do not delay it, nor it others.
    return this.delays.guess({ target: `session:${user.sessionId}`, client }, async () => {
      const account = await this.users.getWithPassword(user.id);
      const matches = await verifyPassword(account.passwordHash, password);
      if (!matches) await this.refuse(user, client);
      return this.dataSource.transaction((manager) => this.renew(manager, user, account, client));
    });
  }

  private async refuse({ id: userId, sessionId }: SessionUser, client: Client): Promise<never> {
    const detail = { method: 'password' };
    await this.audit.record(this.dataSource.manager, { userId, type: 'sign-in-failed', client, sessionId, detail });
    throw new UnauthorizedError('The password is wrong');
  }

  /** The password is enough for a session that was opened with the second factor: it still stands for that one. Others need both. */
  private async renew(
    manager: EntityManager,
    { id: userId, sessionId }: SessionUser,
    checked: User,
    client: Client,
  ): Promise<ReauthenticatedResponse> {
    const user = await lockUser(manager, userId);
    if (user === null || user.passwordHash !== checked.passwordHash) {
      throw new UnauthorizedError('The account has changed meanwhile: try again');
    }
    const session = await this.sessions.renewProof(manager, userId, sessionId);
    if (session === null) throw new UnauthorizedError('The session has ended', 'invalid_token');
    if (!session.secondFactor && (await this.signIn.hasSecondFactor(manager, userId))) {
      throw new UnauthorizedError('This session was opened without the second factor: sign in again');
    }
    const detail = { method: 'password' };
    await this.audit.record(manager, { userId, type: 'reauthenticated', client, sessionId, detail });
    return {
      accessToken: this.signIn.accessToken(user, { sessionId, authenticatedAt: session.authenticatedAt }),
      tokenType: 'Bearer',
      expiresIn: this.config.ACCESS_TOKEN_SECONDS,
    };
  }
}
