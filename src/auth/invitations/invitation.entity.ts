import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** Leave to make an account for one address; the secret of its link is stored only as a hash. */
@Entity('invitations')
export class Invitation {
  @PrimaryColumn('uuid')
  id!: string;

  /** The administrator; null when that account is gone, and for commands. */
  @Column('uuid', { nullable: true })
  invitedBy!: string | null;

  @Column('citext')
  email!: string;

  @Column('bytea', { select: false })
  hash?: Buffer;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  acceptedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
