import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

export const SIGN_IN_METHODS = ['password', 'passkey', 'google', 'github', 'oidc'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** One sign-in. The refresh token itself is never stored, only its SHA-256. */
@Entity('sessions')
export class Session {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  userId!: string;

  @Column('bytea')
  refreshHash!: Buffer;

  @Column('bytea', { nullable: true })
  previousHash!: Buffer | null;

  @Column('timestamptz', { nullable: true })
  rotatedAt!: Date | null;

  @Column('timestamptz')
  lastUsedAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;

  /** When the user last proved who they are. */
  @Column('timestamptz')
  authenticatedAt!: Date;

  @Column('text')
  method!: SignInMethod;

  /** Whether a second factor was given. */
  @Column('boolean')
  secondFactor!: boolean;

  /** Whether the refresh token travels in a cookie only. */
  @Column('boolean')
  inCookie!: boolean;

  @Column('text', { nullable: true })
  userAgent!: string | null;

  @Column('inet', { nullable: true })
  ip!: string | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
