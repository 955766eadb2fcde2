import 'reflect-metadata';
import type * as Threads from 'node:worker_threads';

// Threads are outside of Jest: they read TypeScript as whole processes of the tests do.
jest.mock('node:worker_threads', () => {
  const threads = jest.requireActual<typeof Threads>('node:worker_threads');
  class Worker extends threads.Worker {
    constructor(file: string, options: Threads.WorkerOptions) {
      super(file, { ...options, execArgv: ['-r', require.resolve('./run-typescript.js')] });
    }
  }
  return { ...threads, Worker };
});
