import 'reflect-metadata';
import { serve } from './serve';

void serve({
  name: 'Commonplace worker',
  load: () => (require('./worker.module') as typeof import('./worker.module')).WorkerModule,
  port: (config) => config.WORKER_PORT,
  runsJobs: () => true,
});
