import { Injectable } from '@nestjs/common';
import { QueueConnection } from './queue-connection';
import { within } from './within';

/** Whether jobs can be handed over. */
@Injectable()
export class QueueHealth {
  constructor(private readonly connection: QueueConnection) {}

  /** @throws Error when the queues do not answer within `timeoutMs` milliseconds. */
  async check(timeoutMs: number): Promise<void> {
    await within(timeoutMs, this.connection.ping(), 'Asking the queues');
  }
}
