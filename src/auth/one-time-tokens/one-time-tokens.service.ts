import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { newSecretToken, secretHash } from '../../common/secret-token';
import { newId } from '../../common/uuid';
import { ONE_TIME_TOKEN_SECONDS, OneTimeToken, type OneTimePurpose } from './one-time-token.entity';

/** Prefix of all one-time tokens, so that scanners know one that leaked. */
const PREFIX = 'cmo_';

export interface NewOneTimeToken {
  purpose: OneTimePurpose;
  userId: string | null;
  email?: string;
  /** What the second step needs to know; no secrets. */
  data?: Record<string, unknown>;
}

/** Secrets that work once and for a while: links in mails, codes, tickets, challenges. */
@Injectable()
export class OneTimeTokensService {
  /** Makes a token in the caller's transaction and gives the secret, which is kept nowhere. */
  async issue(manager: EntityManager, { purpose, userId, email, data }: NewOneTimeToken): Promise<string> {
    const secret = newSecretToken(PREFIX);
    await manager.insert(OneTimeToken, {
      id: newId(),
      userId,
      purpose,
      hash: secretHash(secret),
      email: email ?? null,
      data: (data ?? null) as object,
      attempts: 0,
      expiresAt: new Date(Date.now() + ONE_TIME_TOKEN_SECONDS[purpose] * 1_000),
      usedAt: null,
    });
    return secret;
  }

  /** A token that can still be used; null for every other. Uses nothing up: for pages that only show what will happen. */
  find(manager: EntityManager, purpose: OneTimePurpose, secret: string): Promise<OneTimeToken | null> {
    return manager.findOneBy(OneTimeToken, usable(purpose, secret));
  }

  /** Uses a token up, in the caller's transaction; null when it is unknown, used, expired, or of another purpose. Of two at once, one gets it. */
  async consume(manager: EntityManager, purpose: OneTimePurpose, secret: string): Promise<OneTimeToken | null> {
    const token = await this.lock(manager, purpose, secret);
    if (token !== null) await manager.update(OneTimeToken, { id: token.id }, { usedAt: new Date() });
    return token;
  }

  /** A token that can still be used, locked until the transaction ends; null for every other. */
  lock(manager: EntityManager, purpose: OneTimePurpose, secret: string): Promise<OneTimeToken | null> {
    return manager.findOne(OneTimeToken, {
      where: usable(purpose, secret),
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** Voids all tokens of a user for these purposes: when one link was used, the others must not be. */
  async void(manager: EntityManager, userId: string, purposes: OneTimePurpose[]): Promise<void> {
    for (const purpose of purposes) {
      await manager.update(OneTimeToken, { userId, purpose, usedAt: IsNull() }, { usedAt: new Date() });
    }
  }
}

function usable(purpose: OneTimePurpose, secret: string): object {
  return { purpose, hash: secretHash(secret), usedAt: IsNull(), expiresAt: MoreThan(new Date()) };
}
