import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { isUUID } from 'class-validator';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { decodeCursor, encodeCursor, type Page, type PageQuery, pageOf } from '../../common/page';
import { MalformedRequestError, NotFoundError } from '../../common/problem';
import { Config } from '../../config/config';
import { AuditService } from '../audit/audit.service';
import { Session } from './session.entity';
import { SessionsService } from './sessions.service';

const KIND = 'sessions';

/** What a user sees of their sessions, and does with them. */
@Injectable()
export class AccountSessionsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly config: Config,
  ) {}

  /** The user's sessions that can still be used, last used first. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, query: PageQuery): Promise<Page<Session>> {
    const select = this.live(this.dataSource.manager, userId)
      .orderBy('session.lastUsedAt', 'DESC')
      .addOrderBy('session.id', 'DESC')
      .limit(query.limit + 1);
    if (query.cursor !== undefined) {
      select.andWhere('(session.lastUsedAt, session.id) < (:lastUsedAt, :id)', positionOf(query.cursor));
    }
    return pageOf(await select.getMany(), query.limit, (row) => row, cursorOf);
  }

  /** @throws NotFoundError when the list does not have it: the user has no such session, or it has ended or expired. */
  async endOne({ id: userId, sessionId }: SessionUser, endedId: string, client: Client): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const isLive = await this.live(manager, userId).andWhere('session.id = :endedId', { endedId }).getExists();
      if (!isLive || !(await this.sessions.end(manager, userId, endedId))) throw new NotFoundError('session');
      const detail = { sessionId: endedId };
      await this.audit.record(manager, { userId, type: 'session-ended', client, sessionId, detail });
    });
  }

  async endOthers({ id: userId, sessionId }: SessionUser, client: Client): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const count = await this.sessions.endAll(manager, userId, { except: sessionId });
      if (count === 0) return;
      await this.audit.record(manager, { userId, type: 'sessions-ended', client, sessionId, detail: { count } });
    });
  }

  private live(manager: EntityManager, userId: string): SelectQueryBuilder<Session> {
    return manager
      .createQueryBuilder(Session, 'session')
      .where('session.userId = :userId and session.revokedAt is null and session.expiresAt > now()', { userId })
      .andWhere('session.lastUsedAt > now() - make_interval(days => :idle)', { idle: this.config.SESSION_IDLE_DAYS });
  }
}

function cursorOf({ lastUsedAt, id }: Session): string {
  return encodeCursor(KIND, [lastUsedAt.toISOString(), id]);
}

function positionOf(cursor: string): { lastUsedAt: Date; id: string } {
  const [time, id] = decodeCursor(KIND, cursor, 2);
  const lastUsedAt = new Date(typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(lastUsedAt.getTime()) || typeof id !== 'string' || !isUUID(id)) {
    throw new MalformedRequestError('cursor is not one that this list gave: start again without it');
  }
  return { lastUsedAt, id };
}
