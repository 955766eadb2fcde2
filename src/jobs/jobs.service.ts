import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { EntityManager, Repository } from 'typeorm';
import { createdCursor, readCreatedCursor } from '../common/created-cursor';
import { type Page, type PageQuery, pageOf } from '../common/page';
import { NotFoundError } from '../common/problem';
import { newId } from '../common/uuid';
import { CommittedJobs } from './committed-jobs';
import type { JobDefinition } from './job-definition';
import { Job } from './job.entity';

const KIND = 'jobs';

export interface EnqueueOptions {
  /** Whose job it is; null for the server's own work, which no user sees. */
  userId: string | null;
  /** How many things there are to do, if that is known. */
  total?: number;
}

@Injectable()
export class JobsService {
  constructor(
    @InjectRepository(Job) private readonly jobs: Repository<Job>,
    private readonly committed: CommittedJobs,
  ) {}

  /**
   * Asks for a job in the caller's transaction: it runs if that is committed, and never if not.
   * The queue being away is no error: the job runs later.
   */
  async enqueue<Payload extends object>(
    manager: EntityManager,
    definition: JobDefinition<Payload>,
    payload: NoInfer<Payload>,
    { userId, total }: EnqueueOptions,
  ): Promise<Job> {
    const job = manager.create(Job, {
      id: newId(),
      userId,
      type: definition.name,
      status: 'queued',
      done: 0,
      total: total ?? null,
      result: null,
      error: null,
      attempts: 0,
      failures: 0,
      startedAt: null,
      finishedAt: null,
    });
    job.payload = payload;
    this.committed.add(manager, { id: job.id, definition });
    await manager.insert(Job, job);
    return job;
  }

  /** @throws NotFoundError when there is no such job, or it is not this user's. */
  async getOwned(userId: string, id: string): Promise<Job> {
    const job = await this.jobs.findOneBy({ id, userId });
    if (job === null) throw new NotFoundError('job');
    return job;
  }

  /** The user's jobs, newest first. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, query: PageQuery): Promise<Page<Job>> {
    const select = this.jobs
      .createQueryBuilder('job')
      .where('job.userId = :userId', { userId })
      .orderBy('job.createdAt', 'DESC')
      .addOrderBy('job.id', 'DESC')
      .limit(query.limit + 1);
    if (query.cursor !== undefined) {
      select.andWhere('(job.createdAt, job.id) < (:createdAt, :id)', readCreatedCursor(KIND, query.cursor));
    }
    return pageOf(
      await select.getMany(),
      query.limit,
      (job) => job,
      (job) => createdCursor(KIND, job),
    );
  }
}
