import type { ConnectionOptions, QueueOptions } from 'bullmq';
import type { OutageLog } from './outage-log';

/** Where the queues live: Redis when there is one, else PostgreSQL. One for the process; closed last. */
export abstract class QueueConnection {
  /** Knows whether the queues work at the moment. */
  abstract readonly outage: OutageLog;

  /** For those who hand jobs over: fails at once, or soon, while the queues are away. */
  abstract forQueues(): QueueOptions;

  /** For workers: waits while the queues are away. */
  abstract forWorkers(): ConnectionOptions;

  /** Resolves when jobs can be handed over. */
  abstract connect(): Promise<void>;

  /** @throws Error when the queues do not answer. */
  abstract ping(): Promise<void>;

  /** Ends what still waits for an answer, so that workers can close. */
  abstract cut(): void;

  abstract close(): Promise<void>;
}
