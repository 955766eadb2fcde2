import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** What a one-time token is good for, and how long, in seconds. A token of one purpose opens nothing else. */
export const ONE_TIME_TOKEN_SECONDS = {
  'verify-email': 86_400,
  'change-email': 86_400,
  'reset-password': 1_800,
  /** Sent to a provider, and brought back by the browser that began. */
  'provider-state': 600,
  /** Brought back by the browser from a provider; exchanged by the client. */
  'provider-code': 60,
  /** Between the password, or a provider, and the second factor. */
  'second-factor': 300,
  'passkey-registration': 300,
  'passkey-sign-in': 300,
} as const;
export type OneTimePurpose = keyof typeof ONE_TIME_TOKEN_SECONDS;

/** A secret that works once; only its hash is kept. */
@Entity('one_time_tokens')
export class OneTimeToken {
  @PrimaryColumn('uuid')
  id!: string;

  /** null while nobody is known yet. */
  @Column('uuid', { nullable: true })
  userId!: string | null;

  @Column('text')
  purpose!: OneTimePurpose;

  @Column('bytea')
  hash!: Buffer;

  /** The address that it was sent to, or is about. */
  @Column('citext', { nullable: true })
  email!: string | null;

  /** What the second step needs to know. */
  @Column('jsonb', { nullable: true })
  data!: Record<string, unknown> | null;

  /** Wrong answers given with it. */
  @Column('integer')
  attempts!: number;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
