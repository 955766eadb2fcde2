import 'reflect-metadata';
import { serve } from './serve';
import { WorkerModule } from './worker.module';

void serve({
  name: 'Commonplace worker',
  module: (config) => WorkerModule.forRoot(config),
  port: (config) => config.WORKER_PORT,
  runsJobs: () => true,
});
