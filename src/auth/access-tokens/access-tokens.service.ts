import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { AuthenticatedUser, SessionUser } from '../../common/current-user';
import { idCursor, readIdCursor } from '../../common/id-cursor';
import { type Page, type PageQuery, pageOf } from '../../common/page';
import { ConflictError, NotFoundError, UnauthorizedError } from '../../common/problem';
import { ALL_SCOPES } from '../../common/scopes';
import { secretHash } from '../../common/secret-token';
import { newId } from '../../common/uuid';
import { lockUser } from '../../users/lock-user';
import { AuditService } from '../audit/audit.service';
import { Session } from '../sessions/session.entity';
import { hintOf, newAccessToken } from './access-token';
import { AccessTokenAuthentication } from './access-token-authentication';
import { AccessToken } from './access-token.entity';
import type { MakeAccessTokenRequest } from './access-token.requests';
import { AccessTokenResponse, type CredentialResponse, type MadeAccessTokenResponse } from './access-token.response';

/** The most that a user may have: enough for every program, and a list that a person can read. */
const MOST_TOKENS = 100;

const KIND = 'access-tokens';

/** Personal access tokens: made, listed and revoked by their user. */
@Injectable()
export class AccessTokensService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly authentication: AccessTokenAuthentication,
  ) {}

  /** Makes a token, which is in the answer and nowhere else. @throws ConflictError `too-many-access-tokens` */
  async make(user: SessionUser, request: MakeAccessTokenRequest, client: Client): Promise<MadeAccessTokenResponse> {
    const token = newAccessToken();
    const row = await this.dataSource.transaction(async (manager) => {
      await refuseMoreThanMost(manager, user.id);
      const made = manager.create(AccessToken, {
        id: newId(),
        userId: user.id,
        name: request.name,
        hash: secretHash(token),
        hint: hintOf(token),
        scopes: ALL_SCOPES.filter((scope) => request.scopes.includes(scope)),
        expiresAt: request.expiresAt ?? null,
        lastUsedAt: null,
        lastUsedIp: null,
      });
      await manager.insert(AccessToken, made);
      await this.record(manager, 'access-token-made', made, user, client);
      return made;
    });
    return { ...AccessTokenResponse.from(row), token };
  }

  /** The user's tokens, newest first. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, query: PageQuery): Promise<Page<AccessTokenResponse>> {
    const select = this.dataSource.manager
      .createQueryBuilder(AccessToken, 'token')
      .where('token.userId = :userId', { userId })
      // UUIDv7: the order of ids is that in which they were made.
      .orderBy('token.id', 'DESC')
      .limit(query.limit + 1);
    if (query.cursor !== undefined) select.andWhere('token.id < :id', { id: readIdCursor(KIND, query.cursor) });
    const rows = await select.getMany();
    return pageOf(rows, query.limit, AccessTokenResponse.from, (row) => idCursor(KIND, row));
  }

  /** Of two at once, one revokes it. @throws NotFoundError when there is no such token of this user. */
  async revoke(user: SessionUser, id: string, client: Client): Promise<void> {
    const revoked = await this.dataSource.transaction(async (manager) => {
      const result = await manager
        .createQueryBuilder()
        .delete()
        .from(AccessToken)
        .where({ id, userId: user.id })
        .returning(['name', 'hint', 'hash'])
        .execute();
      const [row] = result.raw as Pick<AccessToken, 'name' | 'hint' | 'hash'>[];
      if (row === undefined) throw new NotFoundError('access token');
      await this.record(manager, 'access-token-revoked', row, user, client);
      return row;
    });
    this.authentication.forget(revoked.hash);
  }

  /** What the user's request was made with. @throws UnauthorizedError when it ended a moment ago. */
  async describe({ id: userId, credential }: AuthenticatedUser): Promise<CredentialResponse> {
    const { manager } = this.dataSource;
    if (credential.kind === 'session') {
      const session = await manager.findOneBy(Session, { id: credential.sessionId, userId });
      if (session === null) throw new UnauthorizedError('The session has ended', 'invalid_token');
      return { kind: 'session', name: null, scopes: ALL_SCOPES, expiresAt: session.expiresAt.toISOString(), userId };
    }
    const token = await manager.findOneBy(AccessToken, { id: credential.accessTokenId, userId });
    if (token === null) throw new UnauthorizedError('The access token is unknown, or was revoked', 'invalid_token');
    const { name, scopes, expiresAt } = token;
    return { kind: 'access-token', name, scopes, expiresAt: expiresAt?.toISOString() ?? null, userId };
  }

  private record(
    manager: EntityManager,
    type: 'access-token-made' | 'access-token-revoked',
    { name, hint }: Pick<AccessToken, 'name' | 'hint'>,
    { id: userId, sessionId }: SessionUser,
    client: Client,
  ): Promise<void> {
    return this.audit.record(manager, { userId, type, client, sessionId, detail: { name, hint } });
  }
}

/** The row of the user is the lock: of many at once, none counts before the one ahead of it is there. */
async function refuseMoreThanMost(manager: EntityManager, userId: string): Promise<void> {
  await lockUser(manager, userId);
  if ((await manager.countBy(AccessToken, { userId })) < MOST_TOKENS) return;
  throw new ConflictError(
    'too-many-access-tokens',
    `An account has at most ${MOST_TOKENS} access tokens: revoke one that is no longer used`,
  );
}
