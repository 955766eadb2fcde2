import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** What happens to an account that its owner should be able to see. */
export const AUDIT_EVENT_TYPES = [
  'registered',
  'signed-in',
  'sign-in-failed',
  'signed-out',
  'session-ended',
  'sessions-ended',
  'refresh-token-reused',
  'reauthenticated',
  'password-changed',
  'password-reset-requested',
  'password-reset',
  'email-verified',
  'email-change-requested',
  'email-changed',
  'profile-changed',
  'identity-linked',
  'identity-unlinked',
  'totp-enabled',
  'totp-disabled',
  'recovery-codes-made',
  'recovery-code-used',
  'second-factor-failed',
  'passkey-added',
  'passkey-renamed',
  'passkey-removed',
  'access-token-made',
  'access-token-revoked',
  'share-made',
  'share-revoked',
  'export-requested',
  'deletion-requested',
  'deletion-cancelled',
  'account-disabled',
  'account-enabled',
  'role-changed',
  'quota-changed',
  'user-invited',
] as const;
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/** One line of an account's activity. */
@Entity('audit_events')
export class AuditEvent {
  @PrimaryColumn('uuid')
  id!: string;

  /** Whose account. */
  @Column('uuid')
  userId!: string;

  /** The administrator who did it; null when it was the user. */
  @Column('uuid', { nullable: true })
  actorId!: string | null;

  @Column('text')
  type!: AuditEventType;

  @Column('uuid', { nullable: true })
  sessionId!: string | null;

  @Column('inet', { nullable: true })
  ip!: string | null;

  @Column('text', { nullable: true })
  userAgent!: string | null;

  /** What a person needs to understand it; never a secret. */
  @Column('jsonb', { nullable: true })
  detail!: Record<string, unknown> | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
