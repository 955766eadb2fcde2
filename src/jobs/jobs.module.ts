import { Logger, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config';
import { CommittedJobs } from './committed-jobs';
import { JobAttempts } from './job-attempts';
import { JobHandlers } from './job-handlers';
import { JobQueues } from './job-queues';
import { JobRunner } from './job-runner';
import { JobTimings } from './job-timings';
import { Job } from './job.entity';
import { JobsService } from './jobs.service';
import { OutageLog } from './outage-log';
import { PostgresQueueConnection } from './postgres-queue-connection';
import { QueueConnection } from './queue-connection';
import { QueueHealth } from './queue-health';
import { RedisQueueConnection } from './redis-queue-connection';

/** Asking for background work, and what its handlers need. */
@Module({
  imports: [DiscoveryModule, TypeOrmModule.forFeature([Job])],
  providers: [
    { provide: QueueConnection, inject: [Config, JobHandlers], useFactory: connectQueues },
    JobQueues,
    CommittedJobs,
    JobsService,
    JobAttempts,
    JobRunner,
    JobHandlers,
    JobTimings,
    QueueHealth,
  ],
  exports: [JobsService, JobRunner, JobHandlers, JobQueues, JobTimings, QueueConnection, QueueHealth],
})
export class JobsModule {}

function connectQueues({ REDIS_URL, DATABASE_URL = '' }: Config, handlers: JobHandlers): QueueConnection {
  const logger = new Logger('Jobs');
  return REDIS_URL === undefined
    ? new PostgresQueueConnection(DATABASE_URL, handlers.count(), new OutageLog(logger, 'The queue in PostgreSQL'))
    : new RedisQueueConnection(REDIS_URL, new OutageLog(logger, 'The queue in Redis'));
}
