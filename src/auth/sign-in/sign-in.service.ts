import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { type EntityManager, IsNull, Not } from 'typeorm';
import type { Client } from '../../common/client';
import { ForbiddenError } from '../../common/problem';
import { Config } from '../../config/config';
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
   * @throws ForbiddenError `account-disabled`
   */
  async signIn(manager: EntityManager, user: User, proof: Proof): Promise<SignInOutcome> {
    if (user.disabledAt !== null)
      throw new ForbiddenError('account-disabled', 'An administrator has disabled this account');
    if (!proof.secondFactor && (await hasSecondFactor(manager, user.id))) {
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
}

/** Waits for whoever is just switching it on (with the user locked): a session opened meanwhile without it would outlive that. */
async function hasSecondFactor(manager: EntityManager, userId: string): Promise<boolean> {
  await manager.findOne(User, { select: { id: true }, where: { id: userId }, lock: { mode: 'for_key_share' } });
  return manager.existsBy(Totp, { userId, confirmedAt: Not(IsNull()) });
}
