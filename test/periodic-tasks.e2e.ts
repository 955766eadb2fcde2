import { Injectable, Module } from '@nestjs/common';
import { JobsWorkerModule } from '../src/jobs/jobs-worker.module';
import { PeriodicTask } from '../src/jobs/periodic/periodic-task';
import { createTestDatabase, type TestDatabase } from './support/database';
import { eventually } from './support/eventually';
import { JobsApp } from './support/jobs-app';

@Injectable()
class Counting extends PeriodicTask {
  readonly name = 'count';
  readonly everyMs = 20;
  runs = 0;

  run(): Promise<void> {
    this.runs += 1;
    return Promise.resolve();
  }
}

@Injectable()
class Failing extends PeriodicTask {
  readonly name = 'fail';
  readonly everyMs = 20;
  runs = 0;

  run(): Promise<void> {
    this.runs += 1;
    return Promise.reject(new Error('not today'));
  }
}

@Injectable()
class Lasting extends PeriodicTask {
  readonly name = 'last';
  readonly everyMs = 20;
  running = 0;
  most = 0;
  ended = false;

  async run(signal: AbortSignal): Promise<void> {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    this.running -= 1;
    this.ended = true;
  }
}

@Module({ imports: [JobsWorkerModule], providers: [Counting, Failing, Lasting] })
class TasksModule {}

describe('periodic tasks', () => {
  let database: TestDatabase;
  let app: JobsApp;
  const errors: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const logger = { log: () => undefined, warn: () => undefined, error: (text: string) => errors.push(text) };
    app = await JobsApp.start({ environment: { DATABASE_URL: database.url }, modules: [TasksModule], logger });
  });

  afterAll(() => database.drop());

  const more = (task: { runs: number }, than: number) =>
    eventually('A further run', () => (task.runs > than ? task.runs : undefined));

  it('run again and again, by themselves, in a process that handles jobs', async () => {
    const task = app.get(Counting);
    expect(await more(task, await more(task, 0))).toBeGreaterThanOrEqual(2);
  });

  it('are tried again after a failure, which is logged and stops no other', async () => {
    const [failing, counting] = [app.get(Failing), app.get(Counting)];
    await more(failing, await more(failing, 0));
    await more(counting, counting.runs);
    expect(errors).toContain('The task "fail" failed; it is tried again');
  });

  it('never run twice at once in a process, and are told, and waited for, when it stops', async () => {
    const [lasting, counting] = [app.get(Lasting), app.get(Counting)];
    await eventually('The lasting task runs', () => lasting.running || undefined);
    await more(counting, counting.runs + 3);
    expect(lasting).toMatchObject({ running: 1, most: 1, ended: false });
    await app.close();
    expect(lasting).toMatchObject({ running: 0, ended: true });
    const { runs } = counting;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(counting.runs).toBe(runs);
  });
});
