import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
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

/** Writes the audit trail. */
@Injectable()
export class AuditService {
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
      // TypeORM's type for a partial row does not know free JSON.
      detail: detail as object,
    });
  }
}
