import { Injectable } from '@nestjs/common';
import { Statements } from '../../database/statements';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { StorageService } from '../../storage/storage.service';
import { EXPORTS_AREA, exportAccount, exportKey } from './export-account.job';

const HOUR_MS = 3_600_000;

export const EXPORT_KEPT_MS = 24 * HOUR_MS;

const OTHERS = `select id from jobs where user_id = $1 and type = $2 and status = 'completed' and id <> $3`;

/** The files of exports: a day for each, and one for each user. */
@Injectable()
export class ExportFiles extends PeriodicTask {
  readonly name = 'remove old exports';
  readonly everyMs = HOUR_MS;

  constructor(
    private readonly statements: Statements,
    private readonly storage: StorageService,
  ) {
    super();
  }

  /** Removes those that are a day old, and what crashes left. */
  async run(): Promise<void> {
    const old = await this.storage.listBefore(EXPORTS_AREA, new Date(Date.now() - EXPORT_KEPT_MS));
    for (const key of old) await this.storage.remove(key);
  }

  /** Removes what the user exported before: a library of a gigabyte is kept once, however often it is exported. */
  async removeOthers(userId: string, jobId: string): Promise<void> {
    const rows = await this.statements.run<{ id: string }>({ text: OTHERS }, [userId, exportAccount.name, jobId]);
    for (const { id } of rows) await this.storage.remove(exportKey(id));
  }
}
