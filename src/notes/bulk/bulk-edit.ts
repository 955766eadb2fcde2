import { sameTags } from '../note-edits';
import { MAX_TAGS } from '../note-fields';
import { cleanTagNames, tagKey } from '../tag-name';
import { IN_TRASH } from '../trash/in-trash';
import type { NoteChange } from './bulk.requests';

/** A note as far as a change by filter looks at it. */
export interface BulkRow {
  id: string;
  url_key: Buffer | null;
  notebook_id: string | null;
  /** Names of notebooks that went to the trash with it. */
  notebook_path: string[] | null;
  pinned: boolean;
  archived_at: Date | null;
  deleted_at: Date | null;
  tags: string[];
  /** In the trash, and another live bookmark has its address. */
  is_replaced: boolean;
}

/** What a note is to be. */
export interface BulkState {
  id: string;
  notebookId: string | null;
  pinned: boolean;
  archivedAt: Date | null;
  deletedAt: Date | null;
  tags: string[];
}

export interface BulkProblem {
  id: string;
  code: string;
  detail: string;
}

export interface BulkEdits {
  changed: BulkState[];
  unchanged: number;
  problems: BulkProblem[];
}

/** What a change makes of notes, which are all locked: the same rules as for a single note. */
export function bulkEdits(rows: BulkRow[], change: NoteChange, now: Date): BulkEdits {
  const edits: BulkEdits = { changed: [], unchanged: 0, problems: [] };
  const restored = new Set<string>();
  for (const row of rows) {
    const problem = problemOf(row, change, restored);
    const state = stateOf(row, change, now);
    if (problem !== null) edits.problems.push({ id: row.id, ...problem });
    else if (isSame(row, state)) edits.unchanged += 1;
    else edits.changed.push(state);
  }
  return edits;
}

/** @param restored addresses of bookmarks that the same statement takes out of the trash */
function problemOf(row: BulkRow, change: NoteChange, restored: Set<string>): Omit<BulkProblem, 'id'> | null {
  const { trashed } = change;
  if (row.deleted_at !== null && trashed !== false && isEdit(change)) {
    return IN_TRASH;
  }
  if (tagsOf(row, change).length > MAX_TAGS) {
    return { code: 'validation-failed', detail: `It would have more than ${MAX_TAGS} tags` };
  }
  if (row.deleted_at === null || trashed !== false || row.url_key === null) return null;
  const key = row.url_key.toString('hex');
  if (row.is_replaced || restored.has(key))
    return { code: 'duplicate-url', detail: 'A bookmark of this address exists' };
  restored.add(key);
  return null;
}

/** Whether it changes more than where a note is. */
function isEdit({ pinned, archived, notebookId, addTags, removeTags }: NoteChange): boolean {
  const tags = [...(addTags ?? []), ...(removeTags ?? [])];
  return typeof pinned === 'boolean' || typeof archived === 'boolean' || notebookId !== undefined || tags.length > 0;
}

function stateOf(row: BulkRow, change: NoteChange, now: Date): BulkState {
  const { pinned, archived, trashed, notebookId } = change;
  return {
    id: row.id,
    notebookId: notebookId === undefined ? row.notebook_id : notebookId,
    pinned: pinned ?? row.pinned,
    archivedAt: since(row.archived_at, archived, now),
    deletedAt: since(row.deleted_at, trashed, now),
    tags: tagsOf(row, change),
  };
}

function since(present: Date | null, flag: boolean | null | undefined, now: Date): Date | null {
  if (typeof flag !== 'boolean') return present;
  return flag ? (present ?? now) : null;
}

function tagsOf(row: BulkRow, { addTags, removeTags }: NoteChange): string[] {
  const removed = new Set((removeTags ?? []).map(tagKey));
  return cleanTagNames([...row.tags.filter((name) => !removed.has(tagKey(name))), ...(addTags ?? [])]);
}

function isSame(row: BulkRow, state: BulkState): boolean {
  return (
    row.notebook_id === state.notebookId &&
    row.pinned === state.pinned &&
    row.archived_at === state.archivedAt &&
    row.deleted_at === state.deletedAt &&
    sameTags(row.tags, state.tags)
  );
}
