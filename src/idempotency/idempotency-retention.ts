import { Injectable } from '@nestjs/common';
import { Statements } from '../database/statements';
import { PeriodicTask } from '../jobs/periodic/periodic-task';
import { whileMore } from '../jobs/periodic/while-more';

/** How long a key counts, as PostgreSQL says it. */
export const RETENTION = '24 hours';

const BATCH = 500;

const REMOVE = {
  name: 'remove-old-idempotency-keys',
  text: `
    delete from idempotency_keys where (user_id, key) in (
      select user_id, key from idempotency_keys where created_at <= now() - interval '${RETENTION}'
      limit ${BATCH} for update skip locked
    )
    returning key`,
};

/** Removes the answers that nobody can ask for any more. */
@Injectable()
export class IdempotencyRetention extends PeriodicTask {
  readonly name = 'remove old idempotency keys';
  readonly everyMs = 600_000;

  constructor(private readonly statements: Statements) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    await whileMore(signal, async () => (await this.statements.run(REMOVE, [])).length === BATCH);
  }
}
