import 'reflect-metadata';
import { serve } from './serve';

void serve({
  name: 'Commonplace',
  load: () => (require('./app.module') as typeof import('./app.module')).AppModule,
  port: (config) => config.PORT,
  runsJobs: (config) => config.WORKER === 'inline',
});
