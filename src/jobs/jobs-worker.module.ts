import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { setDefaultBackendFactory } from 'bullmq';
import { JobsSweeper } from './jobs-sweeper';
import { JobsWorkerStarter } from './jobs-worker-starter';
import { JobsModule } from './jobs.module';
import { PeriodicRunner } from './periodic/periodic-runner';
import { queueBackend } from './queue-backend';
import { QueueConnection } from './queue-connection';
import { QUEUE_PREFIX } from './redis-queue-connection';

/** Handling background work: the workers of all handlers that this process has, started by `JobsWorkerStarter`, the sweeper, and the periodic tasks. */
@Module({
  imports: [
    DiscoveryModule,
    JobsModule,
    BullModule.forRootAsync({
      imports: [JobsModule],
      inject: [QueueConnection],
      useFactory: (connection: QueueConnection) => {
        // Nest makes the workers, and only so can it be told how.
        setDefaultBackendFactory(queueBackend);
        return { connection: connection.forWorkers(), prefix: QUEUE_PREFIX };
      },
      extraOptions: { manualRegistration: true },
    }),
    // Without queues: what registers the workers.
    BullModule.registerQueue(),
  ],
  providers: [JobsSweeper, PeriodicRunner, JobsWorkerStarter],
  exports: [JobsWorkerStarter],
})
export class JobsWorkerModule {}
