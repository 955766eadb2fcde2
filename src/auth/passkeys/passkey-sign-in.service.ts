import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import { UnauthorizedError } from '../../common/problem';
import { Config } from '../../config/config';
import { lockUser } from '../../users/lock-user';
import { AuditService } from '../audit/audit.service';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import type { SessionResponse } from '../sign-in/session.response';
import { type SignInOutcome, SignInService } from '../sign-in/sign-in.service';
import { CeremonyError, requestOptions, verifyAssertion } from './ceremonies';
import { Passkey } from './passkey.entity';
import type { PasskeyLoginRequest } from './passkey.requests';
import type { PasskeyRequestOptionsResponse } from './passkey.responses';
import { type RelyingParty, relyingPartyOf } from './relying-party';

/** Signs in with a passkey: something that one has, unlocked by a finger, a face or a PIN; so two factors in one. */
@Injectable()
export class PasskeySignInService {
  private readonly logger = new Logger(PasskeySignInService.name);
  private readonly party: RelyingParty;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly tokens: OneTimeTokensService,
    private readonly signIn: SignInService,
    private readonly audit: AuditService,
    config: Config,
  ) {
    this.party = relyingPartyOf(config);
  }

  /** What a browser needs to sign; the same for everybody. */
  async begin(): Promise<PasskeyRequestOptionsResponse> {
    const options = await requestOptions(this.party);
    const data = { challenge: options.challenge };
    const issued = { purpose: 'passkey-sign-in', userId: null, data } as const;
    return { ticket: await this.tokens.issue(this.dataSource.manager, issued), options };
  }

  /**
   * The ticket is used up whether the response is right or not.
   * @throws UnauthorizedError, the same for every reason; ForbiddenError `account-disabled`
   */
  async finish(request: PasskeyLoginRequest, client: Client): Promise<SessionResponse> {
    const outcome = await this.dataSource.transaction((manager) => this.take(manager, request, client));
    if (outcome === null)
      throw new UnauthorizedError('The passkey was not accepted: begin again, or sign in another way');
    return this.signIn.answer(outcome);
  }

  private async take(
    manager: EntityManager,
    { ticket, response, tokenDelivery }: PasskeyLoginRequest,
    client: Client,
  ): Promise<SignInOutcome | null> {
    const credentialId = Buffer.from(response.id, 'base64url');
    const known = await manager.findOneBy(Passkey, { credentialId });
    const user = known === null ? null : await lockUser(manager, known.userId);
    const token = await this.tokens.consume(manager, 'passkey-sign-in', ticket);
    // Again, now that the user is locked: it may be gone, or have signed.
    const passkey = await manager.findOneBy(Passkey, { credentialId });
    if (token === null || passkey === null || user === null || passkey.userId !== user.id) return null;
    try {
      const signed = await verifyAssertion(this.party, passkey, response, String(token.data?.challenge));
      await manager.update(Passkey, { id: passkey.id }, { ...signed, lastUsedAt: new Date() });
    } catch (error) {
      if (!(error instanceof CeremonyError)) throw error;
      this.logger.debug(`A passkey was refused: ${error.message}`);
      const detail = { method: 'passkey', name: passkey.name };
      await this.audit.record(manager, { userId: user.id, type: 'sign-in-failed', client, detail });
      return null;
    }
    const inCookie = tokenDelivery === 'cookie';
    return this.signIn.signIn(manager, user, { method: 'passkey', client, inCookie, secondFactor: true });
  }
}
