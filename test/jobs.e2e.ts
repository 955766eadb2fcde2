import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { ProblemError } from '../src/common/problem';
import { newId } from '../src/common/uuid';
import { JobSupersededError, UnrecoverableJobError } from '../src/jobs/job-errors';
import { JobQueues } from '../src/jobs/job-queues';
import { JobResponse } from '../src/jobs/job.response';
import { JobsService } from '../src/jobs/jobs.service';
import { QueueHealth } from '../src/jobs/queue-health';
import { createTestDatabase, type TestDatabase } from './support/database';
import { eventually } from './support/eventually';
import { JobsApp, probeJob, Probes } from './support/jobs-app';
import { redisServerPath, TestRedis } from './support/redis';

const BACKENDS = ['PostgreSQL', ...(redisServerPath() === undefined ? [] : ['Redis'])];

/** Long enough for a job to have run if it were going to. */
const A_WHILE = 400;

const cancel = (manager: EntityManager, id: string): Promise<unknown> =>
  manager.query(`update jobs set status = 'cancelled' where id = $1`, [id]);

const problem = (detail: string): ProblemError => new ProblemError(422, 'probe-failed', 'The probe failed', detail);

describe.each(BACKENDS)('Jobs on %s', (backend) => {
  let database: TestDatabase;
  let redis: TestRedis | undefined;
  let app: JobsApp;
  let user: string;

  const startApp = (): Promise<JobsApp> =>
    JobsApp.start({ environment: { DATABASE_URL: database.url, ...(redis && { REDIS_URL: redis.url }) } });

  beforeAll(async () => {
    database = await createTestDatabase();
    redis = backend === 'Redis' ? await TestRedis.start() : undefined;
    app = await startApp();
    user = await app.addUser();
  });

  afterAll(async () => {
    await app.close();
    await redis?.close();
    await database.drop();
  });

  it('runs a job once it is committed, once, and keeps its result', async () => {
    const runs: string[] = [];
    app.probe('once', (context) => {
      runs.push(context.userId);
      return { answer: 42 };
    });
    const asked = await app.enqueue('once', user);
    expect(JobResponse.from(asked)).toMatchObject({
      status: 'queued',
      progress: { fraction: null, done: 0, total: null },
      attempts: 0,
    });
    const job = await app.becomes(asked.id, 'completed');
    expect(JobResponse.from(job)).toEqual({
      id: asked.id,
      type: 'probe-jobs',
      status: 'completed',
      progress: { fraction: 1, done: 0, total: null },
      result: { answer: 42 },
      error: null,
      attempts: 1,
      createdAt: asked.createdAt.toISOString(),
      startedAt: expect.stringMatching(/Z$/),
      finishedAt: expect.stringMatching(/Z$/),
    });
    await sleep(A_WHILE);
    expect(runs).toEqual([user]);
    expect(app.get(Probes).ended.filter((probe) => probe === 'once')).toHaveLength(1);
  });

  it('never runs a job whose transaction is rolled back', async () => {
    const ran = jest.fn();
    app.probe('rolled-back', ran);
    const asking = app.dataSource.transaction(async (manager) => {
      await app.get(JobsService).enqueue(manager, probeJob, { probe: 'rolled-back' }, { userId: null });
      throw new Error('changed my mind');
    });
    await expect(asking).rejects.toThrow('changed my mind');
    await sleep(A_WHILE);
    expect(ran).not.toHaveBeenCalled();
  });

  it('hands over after the outermost commit, without what a savepoint took back', async () => {
    const handOver = jest.spyOn(app.get(JobQueues), 'handOver');
    const enqueue = (manager: EntityManager) =>
      app.get(JobsService).enqueue(manager, probeJob, { probe: 'nested' }, { userId: null });
    const failing = async (manager: EntityManager): Promise<void> => {
      await enqueue(manager);
      await manager.transaction(enqueue);
      throw new Error('only this part');
    };
    const kept = await app.dataSource.transaction(async (manager) => {
      const first = await enqueue(manager);
      await expect(manager.transaction(failing)).rejects.toThrow('only this part');
      const second = await manager.transaction(enqueue);
      expect(handOver).not.toHaveBeenCalled();
      return [first.id, second.id];
    });
    expect(handOver.mock.calls).toEqual([[probeJob, kept]]);
    handOver.mockRestore();
    for (const id of kept) await app.becomes(id, 'completed');
  });

  it('refuses to ask for a job outside of a transaction', async () => {
    const asking = app.get(JobsService).enqueue(app.dataSource.manager, probeJob, { probe: 'x' }, { userId: null });
    await expect(asking).rejects.toThrow('in the transaction');
  });

  it('tries a failing job again, waiting longer each time, and then keeps its error', async () => {
    const times: number[] = [];
    app.probe('failing', () => {
      times.push(Date.now());
      throw problem(`failure ${times.length}\0`);
    });
    const { id } = await app.enqueue('failing');
    const job = await app.becomes(id, 'failed');
    expect(job).toMatchObject({
      attempts: 3,
      failures: 3,
      result: null,
      error: { code: 'probe-failed', detail: 'failure 3' },
    });
    expect(job.finishedAt).not.toBeNull();
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(50);
    expect(third - second).toBeGreaterThanOrEqual(100);
    expect(times).toHaveLength(3);
    await eventually('Clearing up', () => app.get(Probes).ended.includes('failing') || undefined);
  });

  it('shows the user nothing of an unexpected error, and forgets it when the next attempt works', async () => {
    let attempts = 0;
    const errors: unknown[] = [];
    app.probe('flaky', async ({ jobId }) => {
      errors.push((await app.job(jobId)).error);
      attempts += 1;
      if (attempts === 1) throw new Error('password=secret');
    });
    const { id } = await app.enqueue('flaky');
    const job = await app.becomes(id, 'completed');
    expect(errors).toEqual([null, { code: 'internal-error', detail: expect.not.stringContaining('secret') }]);
    expect(job).toMatchObject({ attempts: 2, failures: 1, error: null });
  });

  it('fails at once when another attempt cannot help', async () => {
    app.probe('hopeless', () => {
      throw new UnrecoverableJobError(problem('the file is damaged'));
    });
    const { id } = await app.enqueue('hopeless');
    const job = await app.becomes(id, 'failed');
    expect(job).toMatchObject({ attempts: 1, error: { code: 'probe-failed', detail: 'the file is damaged' } });
  });

  it('shows progress while a job runs, and lets the next attempt go on from there', async () => {
    const seen: unknown[] = [];
    app.probe('steps', async (context) => {
      const { job, signal } = context;
      seen.push({ done: job.done, total: job.total, result: job.result, aborted: signal.aborted });
      const done = job.done + 5;
      await app.dataSource.transaction((manager) => context.progress(manager, { done, total: 20, result: { done } }));
      seen.push(JobResponse.from(await app.get(JobsService).getOwned(user, job.id)).progress);
      if (done === 5) throw problem('half way');
      return { done };
    });
    const { id } = await app.enqueue('steps', user);
    expect(await app.becomes(id, 'completed')).toMatchObject({ done: 10, total: 20, result: { done: 10 } });
    expect(seen).toEqual([
      { done: 0, total: null, result: null, aborted: false },
      { fraction: 0.25, done: 5, total: 20 },
      { done: 5, total: 20, result: { done: 5 }, aborted: false },
      { fraction: 0.5, done: 10, total: 20 },
    ]);
  });

  it('runs a job once that is handed over many times', async () => {
    let runs = 0;
    app.probe('many', async () => {
      runs += 1;
      await sleep(100);
    });
    const { id } = await app.enqueue('many');
    const queues = app.get(JobQueues);
    expect(await Promise.all([queues.handOver(probeJob, [id]), queues.handOver(probeJob, [id, id])])).toEqual([
      true,
      true,
    ]);
    await app.becomes(id, 'completed');
    await queues.handOver(probeJob, [id]);
    await sleep(A_WHILE);
    expect(runs).toBe(1);
  });

  it('finds a job that was committed but, since the process died, never handed over', async () => {
    const id = newId();
    await app.dataSource.query(`insert into jobs (id, type, payload) values ($1, 'probe-jobs', '{}')`, [id]);
    expect(await app.becomes(id, 'completed')).toMatchObject({ attempts: 1 });
  });

  it('does not run a job that was cancelled, and tells one that runs', async () => {
    const ran = jest.fn();
    app.probe('cancelled', ran);
    await app.dataSource.transaction(async (manager) => {
      const { id } = await app.get(JobsService).enqueue(manager, probeJob, { probe: 'cancelled' }, { userId: null });
      await cancel(manager, id);
    });
    const told: unknown[] = [];
    app.probe('cancelled-later', async ({ signal }) => {
      await eventually('Being told', () => signal.aborted || undefined);
      told.push(signal.reason);
      signal.throwIfAborted();
    });
    const { id } = await app.enqueue('cancelled-later');
    await app.becomes(id, 'active');
    await cancel(app.dataSource.manager, id);
    await eventually('Giving up', () => told[0]);
    expect(told).toEqual([expect.any(JobSupersededError)]);
    await eventually('Clearing up', () => app.get(Probes).ended.includes('cancelled') || undefined);
    expect(ran).not.toHaveBeenCalled();
    expect(await app.job(id)).toMatchObject({ status: 'cancelled', failures: 0, error: null });
  });

  it('lets an attempt that was overtaken write nothing', async () => {
    const outcome: unknown[] = [];
    app.probe('overtaken', async (context) => {
      if (context.attempt > 1) return { by: 'the second' };
      await app.dataSource.query(`update jobs set attempts = attempts + 1 where id = $1`, [context.jobId]);
      const work = app.dataSource.transaction(async (manager) => {
        await manager.query(`update users set name = 'overtaken' where id = $1`, [user]);
        await context.progress(manager, { done: 1 });
      });
      outcome.push(await work.catch((error: unknown) => error));
      return { by: 'the first' };
    });
    const { id } = await app.enqueue('overtaken', user);
    await eventually('The first attempt', () => outcome[0]);
    expect(outcome).toEqual([expect.any(JobSupersededError)]);
    const job = await app.becomes(id, 'completed');
    expect(job).toMatchObject({ done: 0, result: { by: 'the second' }, attempts: 3, failures: 1 });
    expect(await app.dataSource.query(`select name from users where id = $1`, [user])).toEqual([{ name: null }]);
  });

  it('answers whether the queue works', async () => {
    await expect(app.get(QueueHealth).check(2_000)).resolves.toBeUndefined();
  });
});
