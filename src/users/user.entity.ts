import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, VirtualColumn } from 'typeorm';

export type UserRole = 'user' | 'admin';

/** Sizes are far below 2^53. */
const BIGINT = {
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
  to: (value: number | null): number | null => value,
};

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

  /** The most notes the user may keep, 0: any number; null: as many as the server says. */
  @Column('integer', { nullable: true })
  noteLimit!: number | null;

  /** The same for the size of the notes, in bytes. */
  @Column('bigint', { nullable: true, transformer: BIGINT })
  byteLimit!: number | null;

  /** How many notes there are. Written by the statements that write notes only, as is their size. */
  @Column({ type: 'integer', insert: false, update: false })
  noteCount!: number;

  @Column({ type: 'bigint', insert: false, update: false, transformer: BIGINT })
  noteBytes!: number;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
