import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AccountContent } from '../users/account-content';
import { lockUser } from './note-writes';

/** Well within the time that a statement may take, also for long notes with many tags. */
const BATCH = 1_000;

/** @param condition beside the user, that of an index */
const remove = (table: string, key: string, condition = 'true'): string => `
  with removed as (
    delete from ${table} where user_id = $1
      and (${key}) in (select ${key} from ${table} where user_id = $1 and ${condition} limit ${BATCH})
    returning 1
  )
  select count(*)::integer as removed from removed`;

const STEPS = [
  // Before the notes, of which each may have many.
  remove('revisions', 'note_id, version'),
  remove('note_links', 'note_id, target_key'),
  // There is an index for the notes in the trash, and some for the others.
  remove('notes', 'id', 'deleted_at is null'),
  remove('notes', 'id', 'deleted_at is not null'),
  // The feed: nobody reads it any more, and the notes leave no tombstones in it.
  remove('changes', 'type, entity_id'),
];

/** The notes of an account that is deleted, their revisions and links, and its feed of changes. In one statement with the user's row, those of a large library would take minutes. What is counted in that row goes with it. */
@Injectable()
export class AccountNotes extends AccountContent {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    super();
  }

  override async remove(userId: string, signal: AbortSignal): Promise<void> {
    for (const step of STEPS) {
      let removed: number;
      do {
        signal.throwIfAborted();
        removed = await this.removeBatch(userId, step);
      } while (removed === BATCH);
    }
  }

  /** A note that is written at the last moment goes with the user's row, as its tags do. */
  override isLeft(): Promise<boolean> {
    return Promise.resolve(false);
  }

  private removeBatch(userId: string, step: string): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      // First of all locks, as for all who write notes.
      await lockUser(manager, userId);
      const [{ removed = 0 } = {}] = await manager.query<{ removed: number }[]>(step, [userId]);
      return removed;
    });
  }
}
