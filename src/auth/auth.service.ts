import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Client } from '../common/client';
import type { SessionUser } from '../common/current-user';
import { UnauthorizedError } from '../common/problem';
import { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { AuditService } from './audit/audit.service';
import type { LoginRequest, RegisterRequest } from './auth.requests';
import { SignInDelays } from './limits/sign-in-delays';
import { accountNamed } from './limits/sign-in-limit.guard';
import { EmailsService } from './emails/emails.service';
import { hashNewPassword } from './passwords/new-password';
import { hashPassword, needsRehash, verifyPassword } from './passwords/passwords';
import { RegistrationPolicy } from './registration/registration-policy';
import { type PresentedToken, SessionsService } from './sessions/sessions.service';
import type { SessionResponse } from './sign-in/session.response';
import { SignInService } from './sign-in/sign-in.service';

@Injectable()
export class AuthService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly signIn: SignInService,
    private readonly audit: AuditService,
    private readonly delays: SignInDelays,
    private readonly emails: EmailsService,
    private readonly registration: RegistrationPolicy,
  ) {}

  /**
   * Makes an account, signs it in, and asks for the mail that verifies its address, in one transaction.
   * @throws ValidationFailedError for a password that is too common or the address; ForbiddenError `registration-closed`; ConflictError `email-taken`
   */
  async register(request: RegisterRequest, client: Client): Promise<SessionResponse> {
    const { email, password, invitation } = request;
    const passwordHash = await hashNewPassword({ password, pointer: '#/password', email });
    const outcome = await this.dataSource.transaction(async (manager) => {
      const name = request.name?.trim() || null;
      const { emailVerified } = await this.registration.require(manager, { email, invitation });
      const emailVerifiedAt = emailVerified ? new Date() : null;
      const user = await this.users.create(manager, { email, passwordHash, name, emailVerifiedAt });
      await this.audit.record(manager, { userId: user.id, type: 'registered', client });
      await this.emails.sendVerification(manager, user);
      return this.signIn.signIn(manager, user, proofOf(request, client));
    });
    return this.signIn.answer(outcome);
  }

  /**
   * @throws UnauthorizedError, the same after the same time for an unknown address and for a wrong password; SecondFactorRequiredError;
   * ForbiddenError `account-disabled`; ProblemError `too-many-requests` too soon after failures
   */
  login(request: LoginRequest, client: Client): Promise<SessionResponse> {
    const guess = { target: accountNamed(request.email), client };
    return this.delays.guess(guess, () => this.loginWithPassword(request, client));
  }

  /** @throws UnauthorizedError see `SessionsService.refresh` */
  async refresh(presented: PresentedToken): Promise<SessionResponse> {
    const session = await this.sessions.refresh(presented);
    return this.signIn.answer({ user: await this.users.getSelf(session.userId), session });
  }

  async logout(user: SessionUser, client: Client): Promise<void> {
    const { id: userId, sessionId } = user;
    await this.dataSource.transaction(async (manager) => {
      const ended = await this.sessions.end(manager, userId, sessionId);
      if (ended) await this.audit.record(manager, { userId, type: 'signed-out', client, sessionId });
    });
  }

  private async loginWithPassword(request: LoginRequest, client: Client): Promise<SessionResponse> {
    const user = await this.users.findForSignIn(request.email);
    const matches = await verifyPassword(user?.passwordHash, request.password);
    if (user === null || !matches) {
      if (user !== null) {
        const failure = { userId: user.id, type: 'sign-in-failed', client, detail: { method: 'password' } } as const;
        await this.audit.record(this.dataSource.manager, failure);
      }
      throw new UnauthorizedError('The e-mail address or the password is wrong');
    }
    const rehashed = needsRehash(user.passwordHash ?? '') ? await hashPassword(request.password) : undefined;
    const outcome = await this.dataSource.transaction(async (manager) => {
      const opened = await this.signIn.signIn(manager, user, proofOf(request, client));
      // Not a change that anybody should see.
      const upgrade = { passwordHash: rehashed, updatedAt: () => 'updated_at' };
      if (rehashed !== undefined) await manager.update(User, { id: user.id }, upgrade);
      return opened;
    });
    return this.signIn.answer(outcome);
  }
}

function proofOf(request: LoginRequest | RegisterRequest, client: Client) {
  return { method: 'password', client, inCookie: request.tokenDelivery === 'cookie', secondFactor: false } as const;
}
