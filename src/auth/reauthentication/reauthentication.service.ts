import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { UnauthorizedError, ValidationFailedError } from '../../common/problem';
import { Config } from '../../config/config';
import { lockUser } from '../../users/lock-user';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import { PasswordProof } from '../passwords/password-proof';
import { SecondFactorService } from '../second-factor/second-factor.service';
import { SessionsService } from '../sessions/sessions.service';
import { SignInService } from '../sign-in/sign-in.service';
import type { ReauthenticateRequest } from './reauthenticate.request';
import type { ReauthenticatedResponse } from './reauthenticated.response';

/** What was given, and, of a password, the hash that it was right for. */
type Proof = { method: 'password'; passwordHash: string | null } | { method: 'code' };

/** Lets the user of a session prove again who they are (ASVS 7.5.1), for what asks for a fresh sign-in. */
@Injectable()
export class ReauthenticationService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly passwords: PasswordProof,
    private readonly sessions: SessionsService,
    private readonly signIn: SignInService,
    private readonly secondFactor: SecondFactorService,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {}

  /**
   * Takes the password or a code, not both.
   * @throws ValidationFailedError; UnauthorizedError when what was given is wrong, the session has ended, or it was opened without the second factor of
   * the account and only the password is given; ProblemError `too-many-requests` too soon after failures
   */
  async reauthenticate(
    user: SessionUser,
    { password, code }: ReauthenticateRequest,
    client: Client,
  ): Promise<ReauthenticatedResponse> {
    if (password !== undefined && code === undefined) return this.withPassword(user, password, client);
    if (code !== undefined && password === undefined) return this.withCode(user, code, client);
    throw new ValidationFailedError([
      { pointer: '#/password', detail: 'must be given, or code, but not both', code: 'oneOf' },
      { pointer: '#/code', detail: 'must be given, or password, but not both', code: 'oneOf' },
    ]);
  }

  private async withPassword(user: SessionUser, password: string, client: Client): Promise<ReauthenticatedResponse> {
    const { passwordHash = null } = await this.users.getWithPassword(user.id);
    const isRight = await this.passwords.isRight(user, passwordHash, password, { action: 'reauthenticate', client });
    if (!isRight) throw new UnauthorizedError('The password is wrong');
    return this.dataSource.transaction((manager) =>
      this.renew(manager, user, { method: 'password', passwordHash }, client),
    );
  }

  private async withCode(user: SessionUser, code: string, client: Client): Promise<ReauthenticatedResponse> {
    // A wrong code is counted, and so committed, before it is refused.
    const renewed = await this.dataSource.transaction(async (manager) =>
      (await this.secondFactor.verify(manager, user.id, code, client))
        ? this.renew(manager, user, { method: 'code' }, client)
        : null,
    );
    if (renewed !== null) return renewed;
    throw new UnauthorizedError(
      'The code is wrong, was used before, or its time is over, or the account has no second factor',
    );
  }

  /**
   * A code is enough for every session, since it began with the first factor: the two are there together from now on. The password is enough for those
   * that have seen the second factor, which they still stand for.
   */
  private async renew(
    manager: EntityManager,
    who: SessionUser,
    proof: Proof,
    client: Client,
  ): Promise<ReauthenticatedResponse> {
    const { id: userId, sessionId } = who;
    const { method } = proof;
    const user = await lockUser(manager, userId);
    if (proof.method === 'password' && user.passwordHash !== proof.passwordHash) {
      throw new UnauthorizedError('The account has changed meanwhile: try again');
    }
    const session = await this.sessions.renewProof(manager, who, { secondFactor: method === 'code' });
    if (session === null) throw new UnauthorizedError('The session has ended', 'invalid_token');
    if (!session.secondFactor && (await this.signIn.hasSecondFactor(manager, userId))) {
      throw new UnauthorizedError('This session was opened without the second factor: send a code, or sign in again');
    }
    await this.audit.record(manager, { userId, type: 'reauthenticated', client, sessionId, detail: { method } });
    return {
      accessToken: this.signIn.accessToken(user, { sessionId, authenticatedAt: session.authenticatedAt }),
      tokenType: 'Bearer',
      expiresIn: this.config.ACCESS_TOKEN_SECONDS,
    };
  }
}
