import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { StorageService } from '../storage/storage.service';
import { AccountContent } from '../users/account-content';
import { exportAccount, exportKey } from './export/export-account.job';
import { importNotes } from './import-notes.job';

const KINDS = [importNotes.name, exportAccount.name];

const CANCEL = `
  update jobs set status = 'cancelled', finished_at = now(), touched_at = now()
  where user_id = $1 and type = any($2) and status in ('queued', 'active')`;

const KEYS = `select id, payload ->> 'fileKey' as key from jobs where user_id = $1 and type = any($2)`;

const UNFINISHED = `
  select exists (select from jobs where user_id = $1 and type = any($2) and status in ('queued', 'active')) as found`;

/** The files of an account that is deleted: what it uploaded, and what it exported. */
@Injectable()
export class AccountFiles extends AccountContent {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly storage: StorageService,
  ) {
    super();
  }

  /** Jobs are cancelled first: one that runs finds out before it says that it is done, and takes back what it wrote. */
  override async remove(userId: string, signal: AbortSignal): Promise<void> {
    await this.dataSource.query(CANCEL, [userId, KINDS]);
    const rows = await this.dataSource.query<{ id: string; key: string | null }[]>(KEYS, [userId, KINDS]);
    for (const { id, key } of rows) {
      signal.throwIfAborted();
      await this.storage.remove(key ?? exportKey(id));
      if (key === null) await this.storage.removeDrafts(exportKey(id));
    }
  }

  /** A job that was asked for at the last moment: its file must go before its row does. */
  override async isLeft(manager: EntityManager, userId: string): Promise<boolean> {
    const [{ found = true } = {}] = await manager.query<{ found: boolean }[]>(UNFINISHED, [userId, KINDS]);
    return found;
  }
}
