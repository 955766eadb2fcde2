import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import type { Client } from '../../common/client';
import { createdCursor, readCreatedCursor } from '../../common/created-cursor';
import { type Page, type PageQuery, pageOf } from '../../common/page';
import { newId } from '../../common/uuid';
import { AuditEvent, type AuditEventType } from './audit-event.entity';

export interface AuditRecord {
  userId: string;
  type: AuditEventType;
  /** Where it came from; null for commands and jobs. */
  client: Client | null;
  sessionId?: string | null;
  /** The administrator, when it is not the user. */
  actorId?: string | null;
  /** Names and methods; never a secret, a token or a code. */
  detail?: Record<string, unknown>;
}

const KIND = 'activity';

/** Writes and reads the audit trail. */
@Injectable()
export class AuditService {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** In the caller's transaction: what is rolled back did not happen. */
  async record(manager: EntityManager, record: AuditRecord): Promise<void> {
    const { userId, type, client, sessionId = null, actorId = null, detail = null } = record;
    await manager.insert(AuditEvent, {
      id: newId(),
      userId,
      actorId,
      type,
      sessionId,
      ip: client?.ip ?? null,
      userAgent: client?.userAgent ?? null,
      // That it was an administrator outlives the administrator's account. TypeORM's type for a partial row does not know free JSON.
      detail: (actorId === null ? detail : { ...detail, byAdministrator: true }) as object,
    });
  }

  /** What happened to a user's account, newest first. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<AuditEvent>> {
    const select = this.events
      .createQueryBuilder('event')
      .where('event.userId = :userId', { userId })
      .orderBy('event.createdAt', 'DESC')
      .addOrderBy('event.id', 'DESC')
      .limit(limit + 1);
    if (cursor !== undefined) {
      select.andWhere('(event.createdAt, event.id) < (:createdAt, :id)', readCreatedCursor(KIND, cursor));
    }
    const rows = await select.getMany();
    return pageOf(
      rows,
      limit,
      (event) => event,
      (event) => createdCursor(KIND, event),
    );
  }
}
