import { defineJob } from '../../jobs/job-definition';
import type { NoteChange, NoteFilter } from './bulk.requests';

export interface ChangeNotesPayload {
  /** As JSON: its times are texts. */
  filter: NoteFilter;
  change: NoteChange;
}

export interface ChangeNotesResult {
  changed: number;
  unchanged: number;
  refused: number;
  /** Of the notes that were refused: the first thousand. */
  problems: { id: string; code: string; detail: string }[];
}

/** Changes all notes that a filter finds. */
export const changeNotes = defineJob<ChangeNotesPayload>({
  name: 'change-notes',
  attempts: 5,
  backoffMs: 1_000,
  concurrency: 2,
});
