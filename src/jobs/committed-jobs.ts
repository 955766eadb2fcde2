import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import {
  DataSource,
  type EntityManager,
  type EntitySubscriberInterface,
  type QueryRunner,
  type TransactionCommitEvent,
  type TransactionRollbackEvent,
  type TransactionStartEvent,
} from 'typeorm';
import { type CommittedJob, JobQueues } from './job-queues';

/** What an open transaction has asked for. */
interface Pending {
  jobs: CommittedJob[];
  /** For each open transaction and savepoint, outermost first: how many jobs there were when it began. */
  marks: number[];
}

/** Hands jobs over once the transaction that asked for them is committed; a rollback, also to a savepoint, forgets them. */
@Injectable()
export class CommittedJobs implements EntitySubscriberInterface {
  private readonly pending = new WeakMap<QueryRunner, Pending>();

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly queues: JobQueues,
  ) {
    dataSource.subscribers.push(this);
  }

  /** @throws Error outside of a transaction. */
  add(manager: EntityManager, job: CommittedJob): void {
    const pending = manager.queryRunner && this.pending.get(manager.queryRunner);
    if (pending === undefined || pending.marks.length === 0) {
      throw new Error('A job is asked for in the transaction of what needs it: dataSource.transaction((manager) => …)');
    }
    pending.jobs.push(job);
  }

  afterTransactionStart({ queryRunner }: TransactionStartEvent): void {
    const pending = this.pending.get(queryRunner) ?? { jobs: [], marks: [] };
    pending.marks.push(pending.jobs.length);
    this.pending.set(queryRunner, pending);
  }

  /** Not awaited: the request that asked does not wait for the queue. */
  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    const pending = this.pending.get(queryRunner);
    pending?.marks.pop();
    if (pending === undefined || pending.marks.length > 0) return;
    this.pending.delete(queryRunner);
    for (const definition of new Set(pending.jobs.map((job) => job.definition))) {
      const ids = pending.jobs.filter((job) => job.definition === definition).map((job) => job.id);
      void this.queues.handOver(definition, ids);
    }
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    const pending = this.pending.get(queryRunner);
    if (pending !== undefined) pending.jobs.length = pending.marks.pop() ?? 0;
  }
}
