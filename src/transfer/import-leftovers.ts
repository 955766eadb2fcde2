import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Statements } from '../database/statements';
import { StorageService } from '../storage/storage.service';
import { importNotes } from './import-notes.job';
import { IMPORTS_AREA } from './imports.service';

/** Longer than any upload takes: a younger file may be about to get its job. */
const DAY_MS = 86_400_000;

const FILES_IN_USE = {
  name: 'import-files-in-use',
  text: `select payload ->> 'fileKey' as key from jobs where type = $1 and status in ('queued', 'active')`,
};

/** Removes uploaded files that no import will read: the process died between keeping the file and asking for its job, or before it could remove it. */
@Injectable()
export class ImportLeftovers implements OnApplicationBootstrap {
  private readonly logger = new Logger(ImportLeftovers.name);

  constructor(
    private readonly statements: Statements,
    private readonly storage: StorageService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.remove(new Date(Date.now() - DAY_MS));
    } catch (error) {
      // They only take room; the next start tries again.
      this.logger.warn('Files left over from imports could not be removed', error);
    }
  }

  private async remove(before: Date): Promise<void> {
    const old = await this.storage.listBefore(IMPORTS_AREA, before);
    if (old.length === 0) return;
    const rows = await this.statements.run<{ key: string }>(FILES_IN_USE, [importNotes.name]);
    const inUse = new Set(rows.map((row) => row.key));
    for (const key of old) if (!inUse.has(key)) await this.storage.remove(key);
  }
}
