import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A user's authenticator app (RFC 6238). */
@Entity('totp')
export class Totp {
  @PrimaryColumn('uuid')
  userId!: string;

  /** The shared secret, encrypted with `ENCRYPTION_KEY`. */
  @Column('bytea')
  secret!: Buffer;

  /** null until the first code was right: before that, nobody is asked for one. */
  @Column('timestamptz', { nullable: true })
  confirmedAt!: Date | null;

  /** The time step of the last code that was taken, so that none works twice. */
  @Column('bigint')
  lastStep!: string;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
