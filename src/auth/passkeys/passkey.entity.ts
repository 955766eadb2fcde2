import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A credential of WebAuthn (Level 3): a key pair of a device or a password manager, of which we have the public half. */
@Entity('passkeys')
export class Passkey {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  userId!: string;

  @Column('bytea')
  credentialId!: Buffer;

  /** COSE_Key. */
  @Column('bytea')
  publicKey!: Buffer;

  /** How often it signed; 0 for those that do not count. */
  @Column('bigint')
  counter!: string;

  /** How browsers reach it: hints for them. */
  @Column('text', { array: true })
  transports!: string[];

  /** Whether there is a copy elsewhere, such as in the cloud of its maker. */
  @Column('boolean')
  backedUp!: boolean;

  @Column('text')
  name!: string;

  @Column('timestamptz', { nullable: true })
  lastUsedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
