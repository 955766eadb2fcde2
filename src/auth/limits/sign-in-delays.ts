import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client';
import { ProblemError, UnauthorizedError } from '../../common/problem';
import { secretHash } from '../../common/secret-token';
import { Config } from '../../config/config';
import { delayAfter, type DelayRule } from './failure-delay';
import { LimitCounters } from './limit-counters';
import { networkOf } from './network';

const HOUR_MS = 3_600_000;

/** How long after the last one failures are forgotten; longer than any delay. */
const FORGET_MS = HOUR_MS;

/** How long a network in which an account was signed in to counts as its own. */
const KNOWN_MS = 30 * 24 * HOUR_MS;

/** So many times the limit of an account a minute: failures in all unknown networks together, from which on those have to wait longer. */
const SPREAD = 10;

/** For unknown networks while an account is attacked from many: one attempt is free, so that its owner gets in from anywhere. */
const ATTACKED: DelayRule = { from: 1, first: 30 };

/** Who guesses what. */
export interface Guess {
  /** What is guessed at: the account as the request names it, whether or not there is one, or a session. */
  target: string;
  client: Client;
}

interface Keys {
  failures: string;
  wait: string;
  known: string;
  everywhere: string;
}

/**
 * Delays that grow with each wrong password (ASVS 6.3.1, NIST SP 800-63B-4, 3.2.2), for each account and network apart: whoever guesses locks out
 * themselves, not the owner. See `docs/security.md`.
 */
@Injectable()
export class SignInDelays {
  private readonly usual: DelayRule;
  private readonly attackedFrom: number;

  constructor(
    private readonly counters: LimitCounters,
    config: Config,
  ) {
    this.usual = { from: Math.max(5, config.SIGN_IN_LIMIT_PER_ACCOUNT / 2), first: 1 };
    this.attackedFrom = config.SIGN_IN_LIMIT_PER_ACCOUNT * SPREAD;
  }

  /**
   * Gives what `check` does, unless it is too early after failures. An attempt counts as a failure while it is under way, so that many at once gain
   * nothing. An UnauthorizedError of `check` means that the guess was wrong; any other problem that it was right.
   * @throws ProblemError `too-many-requests` with `Retry-After`; what `check` throws
   */
  async guess<T>(guess: Guess, check: () => Promise<T>): Promise<T> {
    const keys = keysOf(guess);
    const takeBack = await this.begin(keys);
    try {
      const given = await check();
      await this.counters.clear(keys.failures, keys.wait);
      await takeBack();
      await this.counters.set(keys.known, KNOWN_MS);
      return given;
    } catch (error) {
      const right = error instanceof ProblemError && error.status < 500;
      if (!(error instanceof UnauthorizedError)) {
        if (right) await this.counters.clear(keys.failures);
        await this.counters.clear(keys.wait);
        await takeBack();
      }
      throw error;
    }
  }

  /** Counts an attempt as a failure; gives what takes that back. */
  private async begin(keys: Keys): Promise<() => Promise<void>> {
    const { counters } = this;
    const [left, known, everywhere] = await Promise.all([
      counters.left(keys.wait),
      counters.left(keys.known),
      counters.value(keys.everywhere),
    ]);
    if (left > 0) throw tooEarly(left);
    const attacked = known === 0 && everywhere >= this.attackedFrom;
    const failures = await counters.increment(keys.failures, FORGET_MS);
    const delay = delayAfter(failures, attacked ? ATTACKED : this.usual) * 1_000;
    if (delay > 0 && !(await counters.claim(keys.wait, delay))) {
      await counters.decrement(keys.failures);
      throw tooEarly(await counters.left(keys.wait));
    }
    if (known === 0) await counters.increment(keys.everywhere, FORGET_MS);
    return async () => {
      await counters.decrement(keys.failures);
      if (known === 0) await counters.decrement(keys.everywhere);
    };
  }
}

/** Hashed: nobody needs to read addresses in Redis. */
function keysOf({ target, client }: Guess): Keys {
  const of = secretHash(target).toString('base64url');
  const from = secretHash(`${target} ${networkOf(client.ip ?? 'unknown')}`).toString('base64url');
  return {
    failures: `sign-in:failures:${from}`,
    wait: `sign-in:wait:${from}`,
    known: `sign-in:known:${from}`,
    everywhere: `sign-in:everywhere:${of}`,
  };
}

function tooEarly(ms: number): ProblemError {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  return new ProblemError(
    429,
    'too-many-requests',
    'Too many requests',
    `Too many failures: wait ${seconds} s, then try again`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}
