import { EventEmitter, once } from 'node:events';
import { Client } from 'pg';
import { JobInterruptedError, JobSupersededError } from '../src/jobs/job-errors';
import { JobsService } from '../src/jobs/jobs.service';
import { QueueHealth } from '../src/jobs/queue-health';
import { createTestDatabase, type TestDatabase } from './support/database';
import { eventually } from './support/eventually';
import { JobsApp, type JobsAppOptions, probeJob, Probes } from './support/jobs-app';
import { redisServerPath, TestRedis } from './support/redis';

const hasRedis = redisServerPath() !== undefined;

let database: TestDatabase;
let apps: JobsApp[];

async function start(redis?: TestRedis, options: Partial<JobsAppOptions> = {}): Promise<JobsApp> {
  const environment = { DATABASE_URL: database.url, ...(redis && { REDIS_URL: redis.url }) };
  const app = await JobsApp.start({ environment, ...options });
  apps.push(app);
  return app;
}

async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

beforeEach(() => {
  apps = [];
});

afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
});

/** A promise and what resolves it. */
function gate(): { opened: Promise<unknown>; open: () => void } {
  const bell = new EventEmitter();
  return { opened: once(bell, 'open'), open: () => bell.emit('open') };
}

describe.each(['PostgreSQL', ...(hasRedis ? ['Redis'] : [])])('Several processes with jobs on %s', (backend) => {
  let redis: TestRedis | undefined;

  beforeAll(async () => {
    redis = backend === 'Redis' ? await TestRedis.start() : undefined;
  });

  afterAll(() => redis?.close());

  it('finish the job of a worker that vanished, and refuse its late work', async () => {
    const lost = await start(redis);
    const { opened, open } = gate();
    const late: unknown[] = [];
    lost.probe('vanishing', async (context) => {
      await opened;
      const work = lost.dataSource.transaction((manager) => context.progress(manager, { done: 9 }));
      late.push(await work.catch((error: unknown) => error));
      return { by: 'the lost one' };
    });
    const { id } = await lost.enqueue('vanishing');
    await lost.becomes(id, 'active');
    await lost.workers.stop(0);
    const rescuer = await start(redis);
    rescuer.probe('vanishing', () => ({ by: 'the rescuer' }));
    const rescued = await rescuer.becomes(id, 'completed');
    expect(rescued).toMatchObject({ attempts: 2, failures: 1, result: { by: 'the rescuer' } });
    open();
    await eventually('The late work', () => late[0]);
    expect(late).toEqual([expect.any(JobSupersededError)]);
    expect(await rescuer.job(id)).toEqual(rescued);
  });

  it('take over at once what a shutdown interrupts, which is no failure', async () => {
    // Not by sweeping it up: the worker gives it back.
    const timings = { sweepAfterMs: 60_000 };
    const first = await start(redis, { timings });
    const reasons: unknown[] = [];
    first.probe('interrupted', async ({ signal }) => {
      await eventually('The shutdown', () => signal.aborted || undefined);
      reasons.push(signal.reason);
      signal.throwIfAborted();
    });
    const { id } = await first.enqueue('interrupted');
    await first.becomes(id, 'active');
    await first.workers.stop(5_000);
    expect(reasons).toEqual([expect.any(JobInterruptedError)]);
    expect(await first.job(id)).toMatchObject({ status: 'queued', attempts: 1, failures: 0, error: null });
    const second = await start(redis, { timings });
    second.probe('interrupted', () => ({ by: 'the second' }));
    expect(await second.becomes(id, 'completed')).toMatchObject({
      attempts: 2,
      failures: 0,
      result: { by: 'the second' },
    });
  });

  it('give a job up when its workers vanish every time', async () => {
    const app = await start(redis);
    const ran = jest.fn();
    app.probe('deadly', ran);
    const { id } = await app.dataSource.transaction(async (manager) => {
      const job = await app.get(JobsService).enqueue(manager, probeJob, { probe: 'deadly' }, { userId: null });
      await manager.query(`update jobs set status = 'active', failures = 7, attempts = 7 where id = $1`, [job.id]);
      return job;
    });
    expect(await app.becomes(id, 'failed')).toMatchObject({ error: { code: 'crashed' } });
    await eventually('Clearing up', () => app.get(Probes).ended.includes('deadly') || undefined);
    expect(ran).not.toHaveBeenCalled();
  });
});

describe('Jobs on PostgreSQL', () => {
  it('run once the tables of the queue are there, in a process that started before them', async () => {
    await administer(`alter schema bullmq rename to not_yet`);
    const app = await start();
    app.probe('before-tables', () => ({ done: true }));
    const { id } = await app.enqueue('before-tables');
    await administer(`alter schema not_yet rename to bullmq`);
    expect(await app.becomes(id, 'completed')).toMatchObject({ attempts: 1 });
  });

  it('go on after the connections of the queue were cut', async () => {
    const app = await start();
    app.probe('after-cut', () => ({ done: true }));
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'commonplace-jobs' and datname = current_database()`;
    expect((await app.dataSource.query<unknown[]>(cut)).length).toBeGreaterThan(0);
    const { id } = await app.enqueue('after-cut');
    expect(await app.becomes(id, 'completed')).toMatchObject({ attempts: 1 });
    await expect(app.get(QueueHealth).check(2_000)).resolves.toBeUndefined();
  });
});

const REDIS = hasRedis ? ['a Redis'] : [];

describe.each(REDIS)('Jobs on %s that fails', () => {
  let redis: TestRedis;
  let lines: string[];

  const note = (line: unknown): void => {
    if (String(line).startsWith('The queue')) lines.push(String(line));
  };
  const logger = {
    log: (line: unknown) => note(line),
    warn: (line: unknown) => note(line),
    error: (line: unknown) => note(line),
  };

  beforeEach(async () => {
    lines = [];
    redis = await TestRedis.start();
  });

  afterEach(async () => {
    // After the processes: they must be able to stop while it is there.
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await redis.close();
  });

  it('are accepted meanwhile, without delay and with one line in the log, and run afterwards', async () => {
    const app = await start(redis, { logger });
    app.probe('meanwhile', () => ({ done: true }));
    await redis.stop();
    await eventually('Noticing', () => (lines.length > 0 ? true : undefined));
    const begin = Date.now();
    const asked = await Promise.all([1, 2, 3].map(() => app.enqueue('meanwhile')));
    expect(Date.now() - begin).toBeLessThan(1_000);
    await expect(app.get(QueueHealth).check(2_000)).rejects.toThrow();
    for (const { id } of asked) expect(await app.job(id)).toMatchObject({ status: 'queued', attempts: 0 });
    await redis.resume();
    for (const { id } of asked) expect(await app.becomes(id, 'completed')).toMatchObject({ attempts: 1 });
    expect(lines).toEqual([
      'The queue in Redis does not work; jobs wait until it does again',
      'The queue in Redis works again',
    ]);
  });

  it('all run, and each once, when it forgets everything', async () => {
    const app = await start(redis);
    const { opened, open } = gate();
    const runs: string[] = [];
    app.probe('forgotten', async ({ jobId }) => {
      runs.push(jobId);
      await opened;
    });
    const count = probeJob.concurrency + 5;
    const asked = await Promise.all(Array.from({ length: count }, () => app.enqueue('forgotten')));
    await eventually('The first ones running', () => (runs.length === probeJob.concurrency ? true : undefined));
    await redis.flush();
    open();
    for (const { id } of asked) expect(await app.becomes(id, 'completed')).toMatchObject({ attempts: 1, failures: 0 });
    expect(new Set(runs).size).toBe(count);
    expect(runs).toHaveLength(count);
  });

  it('run once it is back, in a process that started without it', async () => {
    await redis.stop();
    const app = await start(redis);
    app.probe('early', () => ({ done: true }));
    const { id } = await app.enqueue('early');
    await redis.resume();
    expect(await app.becomes(id, 'completed')).toMatchObject({ attempts: 1 });
  });

  it('do not keep a process from stopping, whether or not it was there before', async () => {
    const before = await start(redis);
    await redis.stop();
    const without = await start(redis);
    const begin = Date.now();
    await Promise.all(apps.splice(0).map((app) => app.close()));
    expect(Date.now() - begin).toBeLessThan(5_000);
    expect([before, without].map((app) => app.dataSource.isInitialized)).toEqual([false, false]);
  });
});
