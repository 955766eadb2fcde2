import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ProblemError } from '../../common/problem';
import type { ProviderId } from '../../config/provider-settings';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import type { ProviderProfile } from './provider';

/** An account at a provider, as the provider described it. */
export interface ProviderAccount extends ProviderProfile {
  provider: ProviderId;
}

interface CodeData extends ProviderAccount {
  /** Of the client that began (RFC 7636, S256); null for the server's own page. */
  codeChallenge: string | null;
}

/** What a client sends to prove that it began. */
export interface PresentedCode {
  code: string;
  codeVerifier?: string;
}

/** The codes that a browser brings back from a provider. They say who it is; no token of the provider's is in them. */
@Injectable()
export class ProviderCodes {
  constructor(private readonly tokens: OneTimeTokensService) {}

  issue(manager: EntityManager, account: ProviderAccount, codeChallenge: string | null): Promise<string> {
    const data = { ...account, codeChallenge } satisfies CodeData;
    return this.tokens.issue(manager, {
      purpose: 'provider-code',
      userId: null,
      email: account.email ?? undefined,
      data,
    });
  }

  /**
   * Uses a code up, in the caller's transaction, and gives whose it is. A wrong verifier uses it up as well: commit then, too, and throw the problem
   * `token-invalid` that this gives.
   */
  async consume(
    manager: EntityManager,
    { code, codeVerifier }: PresentedCode,
  ): Promise<ProviderAccount | ProblemError> {
    const token = await this.tokens.consume(manager, 'provider-code', code);
    // Only `issue` writes tokens of this purpose.
    const data = token?.data as CodeData | null | undefined;
    if (!data || !matches(data.codeChallenge, codeVerifier)) {
      return new ProblemError(
        400,
        'token-invalid',
        'The code is not valid',
        'The code is unknown, used or older than a minute, or the codeVerifier is not the one it began with: begin again',
      );
    }
    const { codeChallenge: _, ...account } = data;
    return account;
  }
}

/** RFC 7636, 4.6; a verifier for a code that has no challenge is refused too (RFC 9700, 4.8.2: the downgrade attack). */
function matches(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null || verifier === undefined) return challenge === null && verifier === undefined;
  const expected = Buffer.from(challenge, 'base64url');
  const actual = createHash('sha256').update(verifier).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
