import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import { UnauthorizedError } from '../../common/problem';
import { lockUser } from '../../users/lock-user';
import { OneTimeToken } from '../one-time-tokens/one-time-token.entity';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import { SIGN_IN_METHODS } from '../sessions/session.entity';
import type { SessionResponse } from '../sign-in/session.response';
import { type SignInOutcome, SignInService } from '../sign-in/sign-in.service';
import type { SecondFactorRequest } from './second-factor.requests';
import { SecondFactorService } from './second-factor.service';

/** Wrong codes with one ticket, until the first step has to be done again. */
const MAX_ATTEMPTS = 5;

type Step = { outcome: SignInOutcome; inCookie: boolean } | 'no-ticket' | 'wrong-code';

/** The second step of a sign-in. */
@Injectable()
export class SecondFactorSignInService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly factor: SecondFactorService,
    private readonly tokens: OneTimeTokensService,
    private readonly signIn: SignInService,
  ) {}

  /**
   * Trades a ticket and a code for the session that the first step was about.
   * @throws UnauthorizedError for a ticket that is unknown, used, expired, or had too many wrong codes, and for a wrong code;
   * ForbiddenError `account-disabled`; ProblemError 429 after too many wrong codes for the account
   */
  async finish(request: SecondFactorRequest, client: Client): Promise<{ session: SessionResponse; inCookie: boolean }> {
    const step = await this.dataSource.transaction((manager) => this.take(manager, request, client));
    if (step === 'no-ticket') throw new UnauthorizedError('The ticket is not valid any more: begin to sign in again');
    if (step === 'wrong-code') throw new UnauthorizedError('The code is wrong, was used before, or its time is over');
    return { session: this.signIn.answer(step.outcome), inCookie: step.inCookie };
  }

  private async take(manager: EntityManager, request: SecondFactorRequest, client: Client): Promise<Step> {
    const found = await this.tokens.find(manager, 'second-factor', request.ticket);
    if (found === null || found.userId === null) return 'no-ticket';
    const user = await lockUser(manager, found.userId);
    // Again, now that the user is locked: of two requests at once, the second one finds what the first has left.
    const ticket = await this.tokens.lock(manager, 'second-factor', request.ticket);
    const begun = ticket === null ? null : firstStepOf(ticket);
    if (ticket === null || begun === null) return 'no-ticket';
    if (!(await this.factor.verify(manager, user.id, request.code, client))) {
      const attempts = ticket.attempts + 1;
      const usedAt = attempts < MAX_ATTEMPTS ? null : new Date();
      await manager.update(OneTimeToken, { id: ticket.id }, { attempts, usedAt });
      return 'wrong-code';
    }
    await manager.update(OneTimeToken, { id: ticket.id }, { usedAt: new Date() });
    const proof = { ...begun, client, secondFactor: true };
    return { outcome: await this.signIn.signIn(manager, user, proof), inCookie: begun.inCookie };
  }
}

/** What `SignInService` wrote into the ticket. */
function firstStepOf({ data }: OneTimeToken) {
  const method = SIGN_IN_METHODS.find((each) => each === data?.method);
  return method === undefined ? null : { method, inCookie: data?.inCookie === true };
}
