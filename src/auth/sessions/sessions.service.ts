import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type FindOptionsWhere, IsNull, Not } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { UnauthorizedError } from '../../common/problem';
import { newId } from '../../common/uuid';
import { Config } from '../../config/config';
import { tryLockUser } from '../../users/lock-user';
import { AuditService } from '../audit/audit.service';
import { secretHash } from '../../common/secret-token';
import { newRefreshToken, sessionOf, successorOf } from './refresh-token';
import { RevokedSessions } from './revoked-sessions';
import { Session, type SignInMethod } from './session.entity';

const DAY_MS = 86_400_000;

/** A refresh repeated within this time is a retry of one whose answer was lost; later it is a stolen token. */
const RETRY_MS = 10_000;

/** How a session begins. */
export interface NewSession {
  client: Client;
  method: SignInMethod;
  secondFactor: boolean;
  inCookie: boolean;
}

export interface OpenedSession {
  sessionId: string;
  userId: string;
  refreshToken: string;
  authenticatedAt: Date;
  inCookie: boolean;
}

/** A refresh token, and how it came. */
export interface PresentedToken {
  token: string;
  inCookie: boolean;
  client: Client;
}

interface EndedSession {
  id: string;
  userId: string;
}

@Injectable()
export class SessionsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly revoked: RevokedSessions,
    private readonly audit: AuditService,
  ) {}

  /** Begins a session. Ways to sign in do not call this, but `SignInService`. */
  async open(manager: EntityManager, userId: string, begin: NewSession): Promise<OpenedSession> {
    const id = newId();
    const refreshToken = newRefreshToken(id, this.config.jwtKey);
    const now = new Date();
    await manager.insert(Session, {
      id,
      userId,
      refreshHash: secretHash(refreshToken),
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + this.config.SESSION_ABSOLUTE_DAYS * DAY_MS),
      authenticatedAt: now,
      method: begin.method,
      secondFactor: begin.secondFactor,
      inCookie: begin.inCookie,
      ...begin.client,
    });
    return { sessionId: id, userId, refreshToken, authenticatedAt: now, inCookie: begin.inCookie };
  }

  /**
   * Gives the successor of a refresh token (RFC 9700, 4.14.2: rotation with detection of reuse). The row is locked, so of two at once one
   * rotates and the other is a retry.
   * @throws UnauthorizedError when the token is unknown, expired, of an ended session, came another way than the session's tokens travel, or was used
   * before: that ends the session.
   */
  async refresh(presented: PresentedToken): Promise<OpenedSession> {
    const outcome = await this.dataSource.transaction((manager) => this.rotate(manager, presented));
    if (outcome === 'reused')
      throw new UnauthorizedError(
        'The refresh token was used before: its session is ended, sign in again',
        'invalid_token',
      );
    if (outcome === 'refused')
      throw new UnauthorizedError('The refresh token is not valid: sign in again', 'invalid_token');
    return outcome;
  }

  /**
   * Notes that the user of a session has just proved who they are, and, if so, that a second factor was given with it, in the caller's transaction;
   * null when it has ended.
   */
  async renewProof(
    manager: EntityManager,
    { id: userId, sessionId: id }: SessionUser,
    { secondFactor }: { secondFactor: boolean },
  ): Promise<Session | null> {
    const where = { id, userId, revokedAt: IsNull() };
    const session = await manager.findOne(Session, { where, lock: { mode: 'pessimistic_write' } });
    if (session === null) return null;
    const renewed = { authenticatedAt: new Date(), secondFactor: session.secondFactor || secondFactor };
    await manager.update(Session, { id }, renewed);
    return { ...session, ...renewed };
  }

  /** Ends one session of a user, in the caller's transaction. False when the user has no such session that is alive. */
  async end(manager: EntityManager, userId: string, sessionId: string): Promise<boolean> {
    const ended = await this.revoke(manager, { id: sessionId, userId });
    return ended.length > 0;
  }

  /**
   * Ends all sessions of a user, in the caller's transaction, and gives how many those were. `except` stays. This replica refuses their access tokens
   * from the commit on, every other within 10 s. The user's row is locked first, as it is by a sign-in: one that is under way is ended too, or begins
   * after the commit and finds what the caller changed.
   */
  async endAll(manager: EntityManager, userId: string, { except }: { except?: string } = {}): Promise<number> {
    await tryLockUser(manager, userId);
    const ended = await this.revoke(manager, { userId, ...(except !== undefined && { id: Not(except) }) });
    return ended.length;
  }

  private async rotate(
    manager: EntityManager,
    presented: PresentedToken,
  ): Promise<OpenedSession | 'reused' | 'refused'> {
    const hash = secretHash(presented.token);
    const { session, now } = await lockByToken(manager, hash);
    if (session === undefined) return this.refuseUnknown(manager, presented);
    if (session.revokedAt !== null || this.isExpired(session, now)) return 'refused';
    const { id: sessionId, userId, authenticatedAt, inCookie } = session;
    const opened = { sessionId, userId, authenticatedAt, inCookie };
    const rightWay = inCookie === presented.inCookie;
    if (session.refreshHash.equals(hash)) {
      if (!rightWay) return 'refused';
      const refreshToken = successorOf(presented.token, sessionId, this.config.jwtKey);
      await manager.update(Session, sessionId, {
        refreshHash: secretHash(refreshToken),
        previousHash: hash,
        rotatedAt: now,
        lastUsedAt: now,
        ...presented.client,
      });
      return { ...opened, refreshToken };
    }
    if (session.rotatedAt !== null && now.getTime() - session.rotatedAt.getTime() <= RETRY_MS) {
      const refreshToken = this.successorGiven(session, presented.token);
      return rightWay && refreshToken !== undefined ? { ...opened, refreshToken } : 'refused';
    }
    return this.endReused(manager, sessionId, presented.client);
  }

  /** The successor that a token got; undefined when the key that made it is gone. A rotation of keys may lie between. */
  private successorGiven({ id, refreshHash }: Session, token: string): string | undefined {
    return this.config.jwtKeys
      .map((key) => successorOf(token, id, key))
      .find((successor) => secretHash(successor).equals(refreshHash));
  }

  /** A token that was given out but is neither the last nor the one before was used before, however often the session was refreshed since. */
  private refuseUnknown(manager: EntityManager, { token, client }: PresentedToken): Promise<'reused'> | 'refused' {
    const sessionId = sessionOf(token, this.config.jwtKeys);
    return sessionId === undefined ? 'refused' : this.endReused(manager, sessionId, client);
  }

  private async endReused(manager: EntityManager, sessionId: string, client: Client): Promise<'reused'> {
    for (const { userId } of await this.revoke(manager, { id: sessionId })) {
      await this.audit.record(manager, { userId, type: 'refresh-token-reused', client, sessionId });
    }
    return 'reused';
  }

  private isExpired(session: Session, now: Date): boolean {
    const idleEnd = session.lastUsedAt.getTime() + this.config.SESSION_IDLE_DAYS * DAY_MS;
    return now.getTime() > Math.min(idleEnd, session.expiresAt.getTime());
  }

  /** With the database's clock, by which `RevokedSessions` looks for them. */
  private async revoke(manager: EntityManager, which: FindOptionsWhere<Session>): Promise<EndedSession[]> {
    const { raw } = await manager
      .createQueryBuilder()
      .update(Session)
      .set({ revokedAt: () => 'clock_timestamp()' })
      .where({ ...which, revokedAt: IsNull() })
      .returning('id, user_id as "userId"')
      .execute();
    const ended = raw as EndedSession[];
    this.revoked.addAfterCommit(
      manager,
      ended.map(({ id }) => id),
    );
    return ended;
  }
}

/** The session whose last refresh token, or the one before, has this hash, locked; and the database's time, since replicas' clocks may differ. */
async function lockByToken(manager: EntityManager, hash: Buffer): Promise<{ session?: Session; now: Date }> {
  const { entities, raw } = await manager
    .createQueryBuilder(Session, 'session')
    .addSelect('clock_timestamp()', 'now')
    .setLock('pessimistic_write')
    .where('session.refreshHash = :hash or session.previousHash = :hash', { hash })
    .getRawAndEntities<{ now: Date }>();
  return { session: entities[0], now: raw[0]?.now ?? new Date() };
}
