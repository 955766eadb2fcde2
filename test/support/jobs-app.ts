import { Processor } from '@nestjs/bullmq';
import { type DynamicModule, type LoggerService, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { newId } from '../../src/common/uuid';
import { ConfigModule } from '../../src/config/config.module';
import { loadConfig } from '../../src/config/load-config';
import { DatabaseModule } from '../../src/database/database.module';
import type { JobContext } from '../../src/jobs/job-context';
import { defineJob } from '../../src/jobs/job-definition';
import { JobProcessor } from '../../src/jobs/job-processor';
import { JobTimings } from '../../src/jobs/job-timings';
import type { Job, JobStatus } from '../../src/jobs/job.entity';
import { JobsWorkerModule } from '../../src/jobs/jobs-worker.module';
import { JobsWorkerStarter } from '../../src/jobs/jobs-worker-starter';
import { JobsModule } from '../../src/jobs/jobs.module';
import { JobsService } from '../../src/jobs/jobs.service';
import { eventually } from './eventually';

export interface ProbePayload {
  /** What to do: a name in `Probes`. */
  probe: string;
}

/** A job that does what the test says. */
export const probeJob = defineJob<ProbePayload>({
  name: 'probe-jobs',
  attempts: 3,
  backoffMs: 100,
  concurrency: 8,
  lockMs: 1_500,
});

export type Probe = (context: JobContext) => unknown;

/** What the probes of one process do, and which have ended there. */
export class Probes {
  readonly does = new Map<string, Probe>();
  readonly ended: string[] = [];
}

@Processor(probeJob.name, probeJob.workerOptions)
class ProbeProcessor extends JobProcessor<ProbePayload, unknown> {
  constructor(private readonly probes: Probes) {
    super(probeJob);
  }

  protected override async handle({ probe }: ProbePayload, context: JobContext): Promise<unknown> {
    return await this.probes.does.get(probe)?.(context);
  }

  protected override ended({ probe }: ProbePayload): Promise<void> {
    this.probes.ended.push(probe);
    return Promise.resolve();
  }
}

@Module({ imports: [JobsModule, JobsWorkerModule], providers: [Probes, ProbeProcessor], exports: [JobsModule] })
class ProbeModule {}

const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };

export interface JobsAppOptions {
  environment: Record<string, string>;
  modules?: (Type | DynamicModule)[];
  timings?: Partial<JobTimings>;
  logger?: LoggerService;
}

/** A process with the jobs feature, and handlers of probes unless other `modules` are given; its workers run. */
export class JobsApp {
  private constructor(private readonly module: TestingModule) {}

  static async start({ environment, modules = [ProbeModule], timings, logger }: JobsAppOptions): Promise<JobsApp> {
    const config = loadConfig({
      NODE_ENV: 'test',
      JWT_SECRET: 'x'.repeat(32),
      ENCRYPTION_KEY: 'x'.repeat(32),
      ...environment,
    });
    const builder = Test.createTestingModule({ imports: [ConfigModule.forRoot(config), DatabaseModule, ...modules] });
    const impatient = { sweepEveryMs: 100, sweepAfterMs: 1_000, heartbeatMs: 100, firstTaskWithinMs: 100, ...timings };
    builder.overrideProvider(JobTimings).useValue(impatient);
    const module = await builder.setLogger(logger ?? SILENT).compile();
    await module.init();
    module.get(JobsWorkerStarter).start();
    return new JobsApp(module);
  }

  get<T>(type: Type<T>): T {
    return this.module.get(type, { strict: false });
  }

  get dataSource(): DataSource {
    return this.get(DataSource);
  }

  get workers(): JobsWorkerStarter {
    return this.get(JobsWorkerStarter);
  }

  /** Says what the probe `name` does in this process. */
  probe(name: string, does: Probe): void {
    this.get(Probes).does.set(name, does);
  }

  /** Asks for a probe in a transaction of its own. */
  enqueue(probe: string, userId: string | null = null): Promise<Job> {
    const jobs = this.get(JobsService);
    return this.dataSource.transaction((manager) => jobs.enqueue(manager, probeJob, { probe }, { userId }));
  }

  async addUser(): Promise<string> {
    const id = newId();
    await this.dataSource.query(`insert into users (id, email) values ($1, $2)`, [id, `${id}@example.org`]);
    return id;
  }

  async job(id: string): Promise<Job> {
    return this.dataSource.getRepository<Job>('Job').findOneByOrFail({ id });
  }

  /** The job once it has this status. */
  becomes(id: string, status: JobStatus, ms?: number): Promise<Job> {
    const look = async (): Promise<Job | undefined> => {
      const job = await this.job(id);
      return job.status === status ? job : undefined;
    };
    return eventually(`The job becoming ${status}`, look, ms);
  }

  async close(): Promise<void> {
    await this.module.close();
  }
}
