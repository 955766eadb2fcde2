import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config';
import { Statements } from '../../database/statements';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { whileMore } from '../../jobs/periodic/while-more';
import { REMOVE_OLD_TRASH } from './note-removal';

/** Empties the trash of what has been in it for long. */
@Injectable()
export class TrashRetention extends PeriodicTask {
  readonly name = 'empty the trash';
  readonly everyMs = 3_600_000;

  constructor(
    private readonly statements: Statements,
    private readonly config: Config,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    await whileMore(signal, async () => {
      const users = await this.statements.run(REMOVE_OLD_TRASH, [this.config.TRASH_DAYS]);
      return users.length > 0;
    });
  }
}
