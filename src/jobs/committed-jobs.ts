import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { AfterCommit } from '../database/after-commit';
import { type CommittedJob, JobQueues } from './job-queues';

/** Hands jobs over once the transaction that asked for them is committed; a rollback, also to a savepoint, forgets them. */
@Injectable()
export class CommittedJobs {
  private readonly jobs: AfterCommit<CommittedJob>;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly queues: JobQueues,
  ) {
    this.jobs = new AfterCommit(dataSource, (jobs) => this.handOver(jobs));
  }

  /** @throws Error outside of a transaction. */
  add(manager: EntityManager, job: CommittedJob): void {
    if (this.jobs.add(manager, job)) return;
    throw new Error('A job is asked for in the transaction of what needs it: dataSource.transaction((manager) => …)');
  }

  /** Not awaited: the request that asked does not wait for the queue. */
  private handOver(jobs: CommittedJob[]): void {
    for (const definition of new Set(jobs.map((job) => job.definition))) {
      const ids = jobs.filter((job) => job.definition === definition).map((job) => job.id);
      void this.queues.handOver(definition, ids);
    }
  }
}
