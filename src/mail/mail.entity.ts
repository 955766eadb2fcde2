import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A mail to send. Its content is kept only until it is sent or given up: it may hold a link that opens an account. */
@Entity('mails')
export class Mail {
  @PrimaryColumn('uuid')
  id!: string;

  /** Whom it is about, so that it goes with the account; null when it is about none. */
  @Column('uuid', { nullable: true })
  userId!: string | null;

  @Column('text')
  recipient!: string;

  @Column('text')
  subject!: string;

  @Column('text', { nullable: true })
  text!: string | null;

  @Column('text', { nullable: true })
  html!: string | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  sentAt!: Date | null;
}
