import { Injectable } from '@nestjs/common';
import { Statements } from '../../database/statements';
import { accountIsGone } from '../../users/account-is-gone';
import {
  type ChangeCursor,
  CursorExpiredError,
  decodeChangeCursor,
  encodeChangeCursor,
  foreignCursor,
} from './change-cursor';
import type { ChangeResponse, ChangesPage } from './change.response';
import { CHANGE_TYPES, type ChangeType } from './change-types';
import { type ChangeRow, FEED_END, LIST_CHANGES } from './changes.queries';
import type { ListChangesQuery } from './list-changes.query';
import { NOTHING } from './synced-type';
import { SyncedTypes } from './synced-types';

/** A change without what it is about. */
export interface ChangeHead {
  seq: number;
  type: ChangeType;
  id: string;
  deleted: boolean;
  changedAt: string;
}

/** The next changes of a feed, and how far that is. */
export interface FeedStep {
  changes: ChangeHead[];
  next: ChangeCursor;
  hasMore: boolean;
}

/** The feed of all that a user has: each entity once, at its last change. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly statements: Statements,
    private readonly syncedTypes: SyncedTypes,
  ) {}

  /**
   * The next changes, with what they are about. What is gone since is left out: its tombstone comes later in the feed.
   * @throws MalformedRequestError when the cursor is not of this feed; CursorExpiredError.
   */
  async list(userId: string, { since, types, limit }: ListChangesQuery): Promise<ChangesPage> {
    const from = since === undefined ? undefined : decodeChangeCursor(userId, since);
    const { changes, next, hasMore } = await this.read(userId, from, limit, types);
    const entities = await this.syncedTypes.read(
      userId,
      changes.filter((change) => !change.deleted),
    );
    const data = changes.flatMap((change): ChangeResponse[] => {
      const entity = change.deleted ? NOTHING : entities.get(change.id);
      return entity === undefined ? [] : [{ ...change, ...entity }];
    });
    return { data, page: { nextCursor: encodeChangeCursor(userId, next), hasMore } };
  }

  /** Where the feed ends now. @throws UnauthorizedError when the account is gone. */
  async end(userId: string): Promise<ChangeCursor> {
    const [row] = await this.statements.run<Pick<ChangeRow, 'feed_seq'>>(FEED_END, [userId]);
    if (row === undefined) throw accountIsGone();
    const seq = Number(row.feed_seq);
    return { seq, began: seq };
  }

  /**
   * One step through the feed. The last one leads to where the feed ends now, whatever types are asked for: who reads rare ones is not left behind.
   * @param from undefined: from the start
   */
  async read(
    userId: string,
    from: ChangeCursor | undefined,
    limit: number,
    types: readonly ChangeType[] = CHANGE_TYPES,
  ): Promise<FeedStep> {
    const { seq } = from ?? { seq: 0 };
    const rows = await this.statements.run<ChangeRow>(LIST_CHANGES, [userId, seq, [...new Set(types)], limit + 1]);
    const [first] = rows;
    if (first === undefined) throw accountIsGone();
    const end = Number(first.feed_seq);
    const began = Math.max(seq, from?.began ?? end);
    if (began > end) throw foreignCursor();
    if (began < Number(first.changes_floor)) throw new CursorExpiredError();
    const changes = rows.slice(0, limit).flatMap(headOf);
    const hasMore = rows.length > limit;
    return { changes, next: { seq: hasMore ? (changes.at(-1)?.seq ?? end) : end, began }, hasMore };
  }
}

function headOf({ seq, type, entity_id: id, deleted, changed_at }: ChangeRow): ChangeHead[] {
  return type === null ? [] : [{ seq: Number(seq), type, id, deleted, changedAt: changed_at.toISOString() }];
}
