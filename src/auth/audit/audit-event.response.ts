import { ApiProperty } from '@nestjs/swagger';
import { AUDIT_EVENT_TYPES, type AuditEvent, type AuditEventType } from './audit-event.entity';

export class AuditEventResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({
    enum: AUDIT_EVENT_TYPES,
    enumName: 'AuditEventType',
    description: 'What happened; there may be more kinds in the future',
    example: 'signed-in',
  })
  type!: AuditEventType;

  @ApiProperty({ description: 'Whether an administrator did it, and not the user', example: false })
  byAdministrator!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where from; null for what an administrator or the server did',
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The device or program, as it calls itself; null as `ip` is',
    example: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  })
  userAgent!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The session in which it happened, or that it began',
    example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f71',
  })
  sessionId!: string | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'More about it; what, depends on `type`',
    example: { method: 'password', secondFactor: false },
  })
  detail!: Record<string, unknown> | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  static from(event: AuditEvent): AuditEventResponse {
    const { byAdministrator: marked, ...detail } = event.detail ?? {};
    const byAdministrator = event.actorId !== null || marked === true;
    // Where an administrator works is not the user's business; it stays in the table.
    const { ip, userAgent } = byAdministrator ? { ip: null, userAgent: null } : event;
    return {
      id: event.id,
      type: event.type,
      byAdministrator,
      ip,
      userAgent,
      sessionId: event.sessionId,
      detail: Object.keys(detail).length === 0 ? null : detail,
      createdAt: event.createdAt.toISOString(),
    };
  }
}
