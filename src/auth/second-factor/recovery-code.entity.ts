import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A code for when the authenticator app is lost. The code itself is never stored. */
@Entity('recovery_codes')
export class RecoveryCode {
  @PrimaryColumn('uuid')
  userId!: string;

  /** HMAC-SHA-256; see `RecoveryCodeHashes`. */
  @PrimaryColumn('bytea')
  hash!: Buffer;

  @Column('timestamptz', { nullable: true })
  usedAt!: Date | null;
}
