import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { ConflictError, NotFoundError, ProblemError } from '../../common/problem';
import { newId } from '../../common/uuid';
import { Config } from '../../config/config';
import { lockUser } from '../../users/lock-user';
import { UsersService } from '../../users/users.service';
import type { AuditEventType } from '../audit/audit-event.entity';
import { AuditService } from '../audit/audit.service';
import { NoticesService } from '../notices/notices.service';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import { assertAnotherWayIn } from '../sign-in/ways-in';
import { CeremonyError, creationOptions, type NewPasskey, verifyCreation } from './ceremonies';
import { passkeyNameFrom } from './passkey-name';
import { Passkey } from './passkey.entity';
import type { AddPasskeyRequest } from './passkey.requests';
import { PasskeyResponse } from './passkey.responses';
import type { PasskeyCreationOptionsResponse } from './passkey.responses';
import { type RelyingParty, relyingPartyOf } from './relying-party';

const MAX_PASSKEYS = 20;

/** The passkeys of an account. */
@Injectable()
export class PasskeysService {
  private readonly party: RelyingParty;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly audit: AuditService,
    private readonly notices: NoticesService,
    private readonly config: Config,
  ) {
    this.party = relyingPartyOf(config);
  }

  async list(user: SessionUser): Promise<PasskeyResponse[]> {
    return (await this.of(this.dataSource.manager, user.id)).map(PasskeyResponse.from);
  }

  /** What a browser needs to make a passkey. @throws ConflictError when there are as many as there may be */
  async begin(user: SessionUser): Promise<PasskeyCreationOptionsResponse> {
    const { manager } = this.dataSource;
    const existing = await this.of(manager, user.id);
    requireRoom(existing.length);
    const options = await creationOptions(this.party, await this.users.getSelf(user.id), existing);
    const data = { challenge: options.challenge };
    const ticket = await this.tokens.issue(manager, { purpose: 'passkey-registration', userId: user.id, data });
    return { ticket, options };
  }

  /**
   * Adds what the browser made; the ticket is used up whether it is right or not.
   * @throws ProblemError `passkey-invalid`; ConflictError `passkey-taken`, or when there are as many as there may be
   */
  async add(user: SessionUser, request: AddPasskeyRequest, client: Client): Promise<PasskeyResponse> {
    const added = await this.dataSource.transaction((manager) => this.insert(manager, user, request, client));
    if (added instanceof ProblemError) throw added;
    return PasskeyResponse.from(added);
  }

  /** @throws NotFoundError */
  async rename(user: SessionUser, id: string, name: string, client: Client): Promise<PasskeyResponse> {
    const passkey = await this.dataSource.transaction(async (manager) => {
      await lockUser(manager, user.id);
      const owned = await this.getOwned(manager, user, id);
      await manager.update(Passkey, { id }, { name });
      await this.record(manager, user, client, 'passkey-renamed', { name, before: owned.name });
      return { ...owned, name };
    });
    return PasskeyResponse.from(passkey);
  }

  /** @throws NotFoundError; ConflictError `last-way-in` when the user could not sign in any more */
  async remove(user: SessionUser, id: string, client: Client): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const owner = await lockUser(manager, user.id);
      const { name } = await this.getOwned(manager, user, id);
      await assertAnotherWayIn(manager, this.config, user.id, { passkeyId: id });
      await manager.delete(Passkey, { id, userId: user.id });
      await this.record(manager, user, client, 'passkey-removed', { name });
      await this.notices.tell(manager, owner, client, {
        subject: 'A passkey was removed',
        what: `The passkey "${name}" no longer signs in to your account.`,
      });
    });
  }

  /** An error that is given back, not thrown, lets the use of the ticket be committed. */
  private async insert(
    manager: EntityManager,
    user: SessionUser,
    { ticket, response, name }: AddPasskeyRequest,
    client: Client,
  ): Promise<Passkey | ProblemError> {
    const owner = await lockUser(manager, user.id);
    const token = await this.tokens.consume(manager, 'passkey-registration', ticket);
    if (token === null || token.userId !== user.id) return invalid('the ticket is unknown, used, or expired');
    const made = await this.verify(response, token.data?.challenge);
    if (made instanceof ProblemError) return made;
    requireRoom(await manager.countBy(Passkey, { userId: user.id }));
    const row: Passkey = {
      id: newId(),
      userId: user.id,
      name: name ?? passkeyNameFrom(client.userAgent),
      lastUsedAt: null,
      createdAt: new Date(),
      ...made,
    };
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(Passkey)
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) {
      return new ConflictError('passkey-taken', 'This passkey is registered already');
    }
    await this.record(manager, user, client, 'passkey-added', { name: row.name });
    await this.notices.tell(manager, owner, client, {
      subject: 'A passkey was added',
      what: `The passkey "${row.name}" can sign in to your account from now on, without a password.`,
    });
    return row;
  }

  private async verify(
    response: AddPasskeyRequest['response'],
    challenge: unknown,
  ): Promise<NewPasskey | ProblemError> {
    try {
      return await verifyCreation(this.party, response, String(challenge));
    } catch (error) {
      if (error instanceof CeremonyError) return invalid(error.message);
      throw error;
    }
  }

  private of(manager: EntityManager, userId: string): Promise<Passkey[]> {
    return manager.find(Passkey, { where: { userId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  private async getOwned(manager: EntityManager, user: SessionUser, id: string): Promise<Passkey> {
    const passkey = await manager.findOneBy(Passkey, { id, userId: user.id });
    if (passkey === null) throw new NotFoundError('passkey');
    return passkey;
  }

  private async record(
    manager: EntityManager,
    { id: userId, sessionId }: SessionUser,
    client: Client,
    type: AuditEventType,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await this.audit.record(manager, { userId, type, client, sessionId, detail });
  }
}

function requireRoom(count: number): void {
  if (count < MAX_PASSKEYS) return;
  throw new ConflictError('conflict', `An account has at most ${MAX_PASSKEYS} passkeys: remove one first`);
}

function invalid(why: string): ProblemError {
  return new ProblemError(400, 'passkey-invalid', 'The passkey is not accepted', `Begin again: ${why}`);
}
