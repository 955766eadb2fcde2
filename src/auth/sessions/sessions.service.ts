import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type FindOptionsWhere, IsNull, Not } from 'typeorm';
import type { Client } from '../../common/client';
import { UnauthorizedError } from '../../common/problem';
import { newId } from '../../common/uuid';
import { Config } from '../../config/config';
import { User } from '../../users/user.entity';
import { newRefreshToken, refreshTokenHash, sessionOf, successorOf } from './refresh-token';
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

@Injectable()
export class SessionsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly revoked: RevokedSessions,
  ) {}

  /** Begins a session. Ways to sign in do not call this, but `SignInService`. */
  async open(manager: EntityManager, userId: string, begin: NewSession): Promise<OpenedSession> {
    const id = newId();
    const refreshToken = newRefreshToken(id, this.config.jwtKey);
    const now = new Date();
    await manager.insert(Session, {
      id,
      userId,
      refreshHash: refreshTokenHash(refreshToken),
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
   * @throws UnauthorizedError when the token is unknown, expired, of an ended session, or was used before: that ends the session.
   */
  async refresh(refreshToken: string): Promise<OpenedSession> {
    const outcome = await this.dataSource.transaction((manager) => this.rotate(manager, refreshToken));
    if (outcome === 'reused')
      throw new UnauthorizedError(
        'The refresh token was used before: its session is ended, sign in again',
        'invalid_token',
      );
    if (outcome === 'refused')
      throw new UnauthorizedError('The refresh token is not valid: sign in again', 'invalid_token');
    return outcome;
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
    await lockUser(manager, userId);
    const ended = await this.revoke(manager, { userId, ...(except !== undefined && { id: Not(except) }) });
    return ended.length;
  }

  private async rotate(manager: EntityManager, refreshToken: string): Promise<OpenedSession | 'reused' | 'refused'> {
    const hash = refreshTokenHash(refreshToken);
    const session = await manager
      .createQueryBuilder(Session, 'session')
      .setLock('pessimistic_write')
      .where('session.refreshHash = :hash or session.previousHash = :hash', { hash })
      .getOne();
    if (session === null) return this.refuseUnknown(manager, refreshToken);
    if (session.revokedAt !== null || this.isExpired(session)) return 'refused';
    const next = successorOf(refreshToken, session.id, this.config.jwtKey);
    const { id: sessionId, userId, authenticatedAt, inCookie } = session;
    const opened = { sessionId, userId, refreshToken: next, authenticatedAt, inCookie };
    const now = new Date();
    if (session.refreshHash.equals(hash)) {
      const rotation = { refreshHash: refreshTokenHash(next), previousHash: hash, rotatedAt: now, lastUsedAt: now };
      await manager.update(Session, { id: session.id }, rotation);
      return opened;
    }
    if (session.rotatedAt !== null && now.getTime() - session.rotatedAt.getTime() <= RETRY_MS) return opened;
    await this.revoke(manager, { id: session.id });
    return 'reused';
  }

  /** A token that was given out but is neither the last nor the one before was used before, however often the session was refreshed since. */
  private async refuseUnknown(manager: EntityManager, refreshToken: string): Promise<'reused' | 'refused'> {
    const sessionId = sessionOf(refreshToken, this.config.jwtKey);
    if (sessionId === undefined) return 'refused';
    await this.revoke(manager, { id: sessionId });
    return 'reused';
  }

  private isExpired(session: Session): boolean {
    const idleEnd = session.lastUsedAt.getTime() + this.config.SESSION_IDLE_DAYS * DAY_MS;
    return Date.now() > Math.min(idleEnd, session.expiresAt.getTime());
  }

  /** With the database's clock, by which `RevokedSessions` looks for them. */
  private async revoke(manager: EntityManager, which: FindOptionsWhere<Session>): Promise<string[]> {
    const { raw } = await manager
      .createQueryBuilder()
      .update(Session)
      .set({ revokedAt: () => 'clock_timestamp()' })
      .where({ ...which, revokedAt: IsNull() })
      .returning('id')
      .execute();
    const ids = (raw as { id: string }[]).map(({ id }) => id);
    this.revoked.addAfterCommit(manager, ids);
    return ids;
  }
}

/** Makes a sign-in and what ends all sessions of the same user wait for each other. */
export async function lockUser(manager: EntityManager, userId: string): Promise<User | null> {
  return manager
    .createQueryBuilder(User, 'user')
    .addSelect('user.passwordHash')
    .setLock('for_no_key_update')
    .where({ id: userId })
    .getOne();
}
