/** What clients synchronise. The migrations have triggers of the same names; `SYNCED` says how each is read. */
export const CHANGE_TYPES = ['note', 'notebook', 'tag', 'search'] as const;

export type ChangeType = (typeof CHANGE_TYPES)[number];
