import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

export const JOB_STATUSES = ['queued', 'active', 'completed', 'failed', 'cancelled'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** What went wrong, for the user; the whole error is only in the log. */
export interface JobError {
  code: string;
  detail: string;
}

/** Background work as its user sees it, and the outbox that hands it to the queue. */
@Entity('jobs')
export class Job {
  @PrimaryColumn('uuid')
  id!: string;

  /** null for the server's own work. */
  @Column('uuid', { nullable: true })
  userId!: string | null;

  /** The name of its definition. */
  @Column('text')
  type!: string;

  @Column('text')
  status!: JobStatus;

  /** Ids and settings; never a secret, never a text. */
  @Column('jsonb')
  payload!: object;

  @Column('integer')
  done!: number;

  @Column('integer', { nullable: true })
  total!: number | null;

  @Column('jsonb', { nullable: true })
  result!: object | null;

  @Column('jsonb', { nullable: true })
  error!: JobError | null;

  /** How often a worker took it; the last one's number is the fence. */
  @Column('integer')
  attempts!: number;

  /** Attempts that ended badly: with an error, or with a worker that was never heard of again. */
  @Column('integer')
  failures!: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  touchedAt!: Date;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finishedAt!: Date | null;
}
