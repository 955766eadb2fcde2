import type { ChangedEntity } from './change.response';
import type { ChangeType } from './change-types';

export const NOTHING: ChangedEntity = { note: null, notebook: null, tag: null, search: null, share: null };

/**
 * How things of one type are read for the feed. A provider of a feature above notes that extends this is found by the feed, which knows no such feature; the
 * name of the type and what clients see of it are the feed's own. Its table needs `seq` and the triggers of the others.
 */
export abstract class SyncedType {
  abstract readonly type: ChangeType;

  /** Things of a user by id, as they are now; those that are gone are missing. One statement. */
  abstract read(userId: string, ids: string[]): Promise<Map<string, ChangedEntity>>;
}
