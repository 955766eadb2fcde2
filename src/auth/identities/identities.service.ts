import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { ConflictError, NotFoundError, ProblemError } from '../../common/problem';
import { Config } from '../../config/config';
import { lockUser } from '../../users/lock-user';
import { type PresentedCode, ProviderCodes } from '../oauth/provider-codes';
import { assertAnotherWayIn } from '../sign-in/ways-in';
import { IdentityChanges } from './identity-changes';
import { Identity } from './identity.entity';
import { addIdentity, findIdentity, touchIdentity } from './identity-rows';
import { onceMoreWhenOvertaken } from './once-more';

/** The accounts at providers that sign into an account. */
@Injectable()
export class IdentitiesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly codes: ProviderCodes,
    private readonly changes: IdentityChanges,
  ) {}

  list(userId: string): Promise<Identity[]> {
    return this.dataSource.manager.find(Identity, { where: { userId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /**
   * Links the account at a provider that a code is of, and tells the owner by mail; one that is linked already stays as it is.
   * @throws ProblemError 400 `token-invalid`; ConflictError `identity-taken` when it signs into another account
   */
  async link(user: SessionUser, code: PresentedCode, client: Client): Promise<Identity> {
    const outcome = await onceMoreWhenOvertaken(() =>
      this.dataSource.transaction((manager) => this.linkTo(manager, user, code, client)),
    );
    if (outcome instanceof ProblemError) throw outcome;
    return outcome;
  }

  /**
   * Takes a way in away, never the last one, and tells the owner by mail.
   * @throws NotFoundError; ConflictError `last-way-in`
   */
  async unlink(user: SessionUser, identityId: string, client: Client): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const owner = await lockUser(manager, user.id);
      const identity = await manager.findOneBy(Identity, { id: identityId, userId: user.id });
      if (identity === null) throw new NotFoundError('identity');
      await assertAnotherWayIn(manager, this.config, user.id, { identityId });
      await manager.delete(Identity, { id: identityId });
      await this.changes.tell(manager, 'identity-unlinked', owner, identity, { client, sessionId: user.sessionId });
    });
  }

  /** The code is used up, whatever comes of it: so refusals are given, not thrown. */
  private async linkTo(
    manager: EntityManager,
    user: SessionUser,
    code: PresentedCode,
    client: Client,
  ): Promise<Identity | ProblemError> {
    const account = await this.codes.consume(manager, code);
    if (account instanceof ProblemError) return account;
    const owner = await lockUser(manager, user.id);
    const known = await findIdentity(manager, account);
    if (known === null) {
      const identity = await addIdentity(manager, user.id, account);
      await this.changes.tell(manager, 'identity-linked', owner, identity, { client, sessionId: user.sessionId });
      return identity;
    }
    if (known.userId !== user.id) {
      return new ConflictError('identity-taken', 'This account at the provider signs into another account here');
    }
    await touchIdentity(manager, known.id, account);
    return manager.findOneByOrFail(Identity, { id: known.id });
  }
}
