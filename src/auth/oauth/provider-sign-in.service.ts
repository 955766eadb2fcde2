import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import { ForbiddenError, ProblemError } from '../../common/problem';
import { tryLockUser } from '../../users/lock-user';
import { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import { EmailsService } from '../emails/emails.service';
import { IdentityChanges } from '../identities/identity-changes';
import { addIdentity, findIdentity, touchIdentity } from '../identities/identity-rows';
import { onceMoreWhenOvertaken } from '../identities/once-more';
import { RegistrationPolicy } from '../registration/registration-policy';
import type { SessionResponse } from '../sign-in/session.response';
import { type SignInOutcome, SignInService } from '../sign-in/sign-in.service';
import type { ExchangeRequest } from './oauth.requests';
import { type ProviderAccount, ProviderCodes } from './provider-codes';

/** Signs in, or up, whoever a provider vouches for. */
@Injectable()
export class ProviderSignInService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly codes: ProviderCodes,
    private readonly users: UsersService,
    private readonly registration: RegistrationPolicy,
    private readonly emails: EmailsService,
    private readonly signIn: SignInService,
    private readonly audit: AuditService,
    private readonly changes: IdentityChanges,
  ) {}

  /**
   * Trades a code for a session, in one transaction; the code is used up, whatever comes of it.
   * @throws ProblemError 400 `token-invalid`; ForbiddenError `registration-closed`, `link-required`, `email-missing`, `account-disabled`;
   * SecondFactorRequiredError
   */
  async exchange(request: ExchangeRequest, client: Client): Promise<SessionResponse> {
    const outcome = await onceMoreWhenOvertaken(() =>
      this.dataSource.transaction((manager) => this.trade(manager, request, client)),
    );
    if (outcome instanceof ProblemError) throw outcome;
    return this.signIn.answer(outcome);
  }

  private async trade(
    manager: EntityManager,
    request: ExchangeRequest,
    client: Client,
  ): Promise<SignInOutcome | ProblemError> {
    const account = await this.codes.consume(manager, request);
    if (account instanceof ProblemError) return account;
    const user = await this.userOf(manager, account, client);
    if (user instanceof ProblemError) return user;
    const inCookie = request.tokenDelivery === 'cookie';
    return orRefusal(
      this.signIn.signIn(manager, user, { method: account.provider, client, inCookie, secondFactor: false }),
    );
  }

  /** Whose account it is: of the identity, else of the address, else a new one; or why it is nobody's. */
  private async userOf(manager: EntityManager, account: ProviderAccount, client: Client): Promise<User | ProblemError> {
    const known = await this.ownerOf(manager, account);
    if (known !== null) return known;
    if (account.email === null) {
      return new ForbiddenError(
        'email-missing',
        'The provider says no e-mail address: add one there, or sign in and link',
      );
    }
    // Locked, so that the address is still this account's, and still verified, when the link is made.
    const owner = await manager.findOne(User, { where: { email: account.email }, lock: { mode: 'pessimistic_write' } });
    return owner === null
      ? this.signUp(manager, account, account.email, client)
      : this.link(manager, account, owner, client);
  }

  /** Whose identity it is; null when it is nobody's. */
  private async ownerOf(manager: EntityManager, account: ProviderAccount): Promise<User | null> {
    const found = await findIdentity(manager, account);
    const user = found === null ? null : await tryLockUser(manager, found.userId);
    // Again, now that the user is locked: it may have been unlinked meanwhile.
    const identity = user === null ? null : await findIdentity(manager, account);
    if (user === null || identity?.userId !== user.id) return null;
    await touchIdentity(manager, identity.id, account);
    return user;
  }

  /**
   * Links by address only what both sides verified: an address that the provider did not verify is anybody's, and one that we did not verify may be of an
   * account that somebody made for its owner to walk into.
   */
  private async link(
    manager: EntityManager,
    account: ProviderAccount,
    owner: User,
    client: Client,
  ): Promise<User | ProblemError> {
    const method = account.provider;
    if (!account.emailVerified || owner.emailVerifiedAt === null) {
      const detail = { method, reason: 'link-required' };
      await this.audit.record(manager, { userId: owner.id, type: 'sign-in-failed', client, detail });
      return new ForbiddenError(
        'link-required',
        'This e-mail address has an account: sign in to it, then link the provider',
      );
    }
    const identity = await addIdentity(manager, owner.id, account);
    await this.changes.tell(manager, 'identity-linked', owner, identity, { client });
    return owner;
  }

  private async signUp(
    manager: EntityManager,
    account: ProviderAccount,
    email: string,
    client: Client,
  ): Promise<User | ProblemError> {
    const refusal = await orRefusal(
      this.registration.require(manager, { email, emailVerifiedByProvider: account.emailVerified }),
    );
    if (refusal instanceof ForbiddenError) return refusal;
    const user = await this.users.create(manager, {
      email,
      passwordHash: null,
      name: account.name,
      emailVerifiedAt: account.emailVerified ? new Date() : null,
    });
    await addIdentity(manager, user.id, account);
    await this.audit.record(manager, {
      userId: user.id,
      type: 'registered',
      client,
      detail: { method: account.provider },
    });
    await this.emails.sendVerification(manager, user);
    return user;
  }
}

/** Gives what is refused instead of throwing it: the transaction is kept, and with it that the code is used up. */
async function orRefusal<T>(work: Promise<T>): Promise<T | ForbiddenError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ForbiddenError) return error;
    throw error;
  }
}
