/** What clients synchronise. The migrations have triggers of the same names; a `SyncedType` says how each is read. */
export const CHANGE_TYPES = ['note', 'notebook', 'tag', 'search', 'share'] as const;

export type ChangeType = (typeof CHANGE_TYPES)[number];
