import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AccountContent } from '../users/account-content';
import { lockUser } from './note-writes';

/** Well within the time that a statement may take, also for long notes with many tags. */
const BATCH = 1_000;

/** The condition is that of an index by user: there is one for the notes in the trash, and some for the others. */
const removeWhere = (condition: string): string => `
  with removed as (
    delete from notes where id in (select id from notes where user_id = $1 and ${condition} limit ${BATCH}) returning 1
  )
  select count(*)::integer as removed from removed`;

/** Before the notes, of which each may have many. */
const REMOVE_REVISIONS = `
  with removed as (
    delete from revisions
    where (note_id, version) in (select note_id, version from revisions where user_id = $1 limit ${BATCH})
    returning 1
  )
  select count(*)::integer as removed from removed`;

/** Entries of the feed; nobody reads it any more, and the notes leave no tombstones in it. */
const REMOVE_CHANGES = `
  with removed as (
    delete from changes where user_id = $1
      and (type, entity_id) in (select type, entity_id from changes where user_id = $1 limit ${BATCH})
    returning 1
  )
  select count(*)::integer as removed from removed`;

const STEPS = [
  REMOVE_REVISIONS,
  removeWhere('deleted_at is null'),
  removeWhere('deleted_at is not null'),
  REMOVE_CHANGES,
];

/** The notes of an account that is deleted, their revisions, and its feed of changes. In one statement with the user's row, those of a large library would take minutes. What is counted in that row goes with it. */
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
