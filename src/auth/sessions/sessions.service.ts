import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import type { Client } from '../../common/client';
import { UnauthorizedError } from '../../common/problem';
import { newId } from '../../common/uuid';
import { Config } from '../../config/config';
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

  async revoke(sessionId: string): Promise<void> {
    await this.revokeRow(this.dataSource.manager, sessionId);
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
    await this.revokeRow(manager, session.id);
    return 'reused';
  }

  /** A token that was given out but is neither the last nor the one before was used before, however often the session was refreshed since. */
  private async refuseUnknown(manager: EntityManager, refreshToken: string): Promise<'reused' | 'refused'> {
    const sessionId = sessionOf(refreshToken, this.config.jwtKey);
    if (sessionId === undefined) return 'refused';
    await this.revokeRow(manager, sessionId);
    return 'reused';
  }

  private isExpired(session: Session): boolean {
    const idleEnd = session.lastUsedAt.getTime() + this.config.SESSION_IDLE_DAYS * DAY_MS;
    return Date.now() > Math.min(idleEnd, session.expiresAt.getTime());
  }

  private async revokeRow(manager: EntityManager, id: string): Promise<void> {
    await manager.update(Session, { id, revokedAt: IsNull() }, { revokedAt: new Date() });
    this.revoked.add(id);
  }
}
