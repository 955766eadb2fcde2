import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { type EntityManager, IsNull, Not } from 'typeorm';
import type { Client } from '../../common/client';
import { ForbiddenError, UnauthorizedError } from '../../common/problem';
import { Config } from '../../config/config';
import { tryLockUser } from '../../users/lock-user';
import { User } from '../../users/user.entity';
import { UserResponse } from '../../users/user.response';
import type { AccessTokenClaims } from '../access/access-token-claims';
import { AuditService } from '../audit/audit.service';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import { Totp } from '../second-factor/totp.entity';
import type { SignInMethod } from '../sessions/session.entity';
import { type OpenedSession, SessionsService } from '../sessions/sessions.service';
import { SecondFactorRequiredError } from './second-factor-required.error';
import type { SessionResponse } from './session.response';

/** How a user proved who they are. */
export interface Proof {
  method: SignInMethod;
  client: Client;
  /** Whether the refresh token goes into a cookie. */
  inCookie: boolean;
  /** Whether a second factor was given, or the method is one in itself (a passkey that verified its user). */
  secondFactor: boolean;
}

/** What a first step leads to: a session, or a ticket for the second step. */
export type SignInOutcome = { user: User; session: OpenedSession } | { ticket: string };

/** The one way into a session: every method of signing in ends here, so that none forgets the second factor, a disabled account or the audit trail. */
@Injectable()
export class SignInService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: OneTimeTokensService,
    private readonly audit: AuditService,
    private readonly jwt: JwtService,
    private readonly config: Config,
  ) {}

  /**
   * Signs a user in whose proof was right, in the caller's transaction; hand the outcome to `answer` once that is committed.
   * @throws ForbiddenError `account-disabled`; UnauthorizedError when the account, or the password that was right, is gone by now
   */
  async signIn(manager: EntityManager, { id, passwordHash }: User, proof: Proof): Promise<SignInOutcome> {
    // Looked at again, locked: what was disabled, or had its password changed, since the proof was checked ended all sessions before this one began.
    const user = await tryLockUser(manager, id);
    if (user === null || (passwordHash !== undefined && user.passwordHash !== passwordHash)) {
      throw new UnauthorizedError('The account has changed meanwhile: sign in again');
    }
    if (user.disabledAt !== null)
      throw new ForbiddenError('account-disabled', 'An administrator has disabled this account');
    if (user.deleteAfter !== null && user.deleteAfter.getTime() <= Date.now())
      throw new ForbiddenError('account-disabled', 'This account is being deleted, as its owner asked');
    if (!proof.secondFactor && (await this.hasSecondFactor(manager, user.id))) {
      const { method, inCookie } = proof;
      const ticket = await this.tokens.issue(manager, {
        purpose: 'second-factor',
        userId: user.id,
        data: { method, inCookie },
      });
      return { ticket };
    }
    const session = await this.sessions.open(manager, user.id, proof);
    const { method, client, secondFactor } = proof;
    await this.audit.record(manager, {
      userId: user.id,
      type: 'signed-in',
      client,
      sessionId: session.sessionId,
      detail: { method, secondFactor },
    });
    return { user, session };
  }

  /** @throws SecondFactorRequiredError with the ticket for the second step. */
  answer(outcome: SignInOutcome): SessionResponse {
    if ('ticket' in outcome) throw new SecondFactorRequiredError(outcome.ticket);
    const { user, session } = outcome;
    return {
      user: UserResponse.from(user),
      accessToken: this.accessToken(user, session),
      tokenType: 'Bearer',
      expiresIn: this.config.ACCESS_TOKEN_SECONDS,
      refreshToken: session.refreshToken,
    };
  }

  /** A JWT for a session. */
  accessToken(user: User, session: Pick<OpenedSession, 'sessionId' | 'authenticatedAt'>): string {
    const claims: AccessTokenClaims = {
      sub: user.id,
      sid: session.sessionId,
      role: user.role,
      email_verified: user.emailVerifiedAt !== null,
      auth_time: Math.floor(session.authenticatedAt.getTime() / 1_000),
    };
    return this.jwt.sign(claims);
  }

  /** Whether the account has an authenticator app. */
  hasSecondFactor(manager: EntityManager, userId: string): Promise<boolean> {
    return manager.existsBy(Totp, { userId, confirmedAt: Not(IsNull()) });
  }
}
