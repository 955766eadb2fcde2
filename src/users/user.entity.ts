import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VirtualColumn } from 'typeorm';

export type UserRole = 'user' | 'admin';

@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('citext')
  email!: string;

  @Column('timestamptz', { nullable: true })
  emailVerifiedAt!: Date | null;

  /** Argon2id in PHC format; null for an account without a password. */
  @Column('text', { nullable: true, select: false })
  passwordHash?: string | null;

  /** Whether there is one, without reading it. */
  @VirtualColumn('boolean', { query: (user) => `${user}.password_hash is not null` })
  hasPassword!: boolean;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text')
  role!: UserRole;

  /** BCP 47; null when it was not chosen. */
  @Column('text', { nullable: true })
  locale!: string | null;

  /** IANA name; null when it was not chosen. */
  @Column('text', { nullable: true })
  timeZone!: string | null;

  /** Whether changes of notes without If-Match are refused. */
  @Column('boolean', { default: false })
  requireIfMatch!: boolean;

  @Column('timestamptz', { nullable: true })
  passwordChangedAt!: Date | null;

  /** Set by an administrator: no way in works. */
  @Column('timestamptz', { nullable: true })
  disabledAt!: Date | null;

  /** When an account that its owner deleted goes; null for all others. */
  @Column('timestamptz', { nullable: true })
  deleteAfter!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
