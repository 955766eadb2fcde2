import { Injectable } from '@nestjs/common';
import { Statements } from '../database/statements';
import type { ClaimedJob } from './job-context';
import type { JobError } from './job.entity';

/** An attempt that is found active at a claim was never ended: its worker vanished, which counts as a failure. */
const CLAIM = {
  name: 'claim-job',
  text: `
    update jobs set
      failures = failures + (status = 'active')::int,
      status = 'active',
      attempts = attempts + 1,
      started_at = coalesce(started_at, now()),
      touched_at = now()
    where id = $1 and type = $2 and status in ('queued', 'active')
    returning id, user_id as "userId", payload, done, total, result, attempts as attempt, failures`,
};

/** $1 the job, $2 the fence: all that an attempt writes begins so, and touches nothing once another one has begun. */
const OURS = `where id = $1 and attempts = $2 and status = 'active' returning id`;

const TOUCH = { name: 'touch-job', text: `update jobs set touched_at = now() ${OURS}` };

const COMPLETE = {
  name: 'complete-job',
  text: `update jobs set status = 'completed', result = coalesce($3::jsonb, result), error = null, finished_at = now(), touched_at = now() ${OURS}`,
};

const RELEASE = { name: 'release-job', text: `update jobs set status = 'queued', touched_at = now() ${OURS}` };

const RETRY = {
  name: 'retry-job',
  text: `update jobs set status = 'queued', failures = failures + 1, error = $3, touched_at = now() ${OURS}`,
};

const FAIL = {
  name: 'fail-job',
  text: `
    update jobs set status = 'failed', failures = failures + 1, error = $3, finished_at = now(), touched_at = now()
    ${OURS}`,
};

const ENDED = {
  name: 'ended-job',
  text: `select payload from jobs where id = $1 and type = $2 and status not in ('queued', 'active')`,
};

/** What an attempt writes to the row of its job. Each method but `claim` says whether the attempt was still the valid one. */
@Injectable()
export class JobAttempts {
  constructor(private readonly statements: Statements) {}

  /** Takes the job; undefined when it is gone, cancelled or finished. Any earlier attempt can write nothing from here on. */
  async claim(id: string, type: string): Promise<ClaimedJob | undefined> {
    const [job] = await this.statements.run<ClaimedJob>(CLAIM, [id, type]);
    return job;
  }

  /** The payload of a job that has ended; undefined when it has not, or is gone. */
  async endedPayload(id: string, type: string): Promise<object | undefined> {
    const [row] = await this.statements.run<{ payload: object }>(ENDED, [id, type]);
    return row?.payload;
  }

  /** A sign of life. */
  touch(job: ClaimedJob): Promise<boolean> {
    return this.write(TOUCH, job);
  }

  /** Without a result, the one that the progress brought stays. */
  complete(job: ClaimedJob, result: unknown): Promise<boolean> {
    return this.write(COMPLETE, job, result === undefined || result === null ? null : JSON.stringify(result));
  }

  /** Gives the job back without counting a failure. */
  release(job: ClaimedJob): Promise<boolean> {
    return this.write(RELEASE, job);
  }

  /** Notes a failure that another attempt may mend. */
  retry(job: ClaimedJob, failure: JobError): Promise<boolean> {
    return this.write(RETRY, job, JSON.stringify(failure));
  }

  fail(job: ClaimedJob, failure: JobError): Promise<boolean> {
    return this.write(FAIL, job, JSON.stringify(failure));
  }

  private async write(
    statement: { name: string; text: string },
    job: ClaimedJob,
    ...values: (string | null)[]
  ): Promise<boolean> {
    const rows = await this.statements.run(statement, [job.id, job.attempt, ...values]);
    return rows.length === 1;
  }
}
