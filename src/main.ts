import 'reflect-metadata';
import { AppModule } from './app.module';
import { serve } from './serve';

void serve({
  name: 'Commonplace',
  module: (config) => AppModule.forRoot(config),
  port: (config) => config.PORT,
  runsJobs: (config) => config.WORKER === 'inline',
});
