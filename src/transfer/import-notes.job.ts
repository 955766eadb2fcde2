import { defineJob } from '../jobs/job-definition';
import type { ImportFormat } from './readers/import-entry';

export interface ImportNotesPayload {
  /** Where the uploaded file is kept. */
  fileKey: string;
  /** What it was called: the name of a note without a title. */
  fileName: string;
  format: ImportFormat;
}

/** Adds the notes of an uploaded file. */
export const importNotes = defineJob<ImportNotesPayload>({
  name: 'import-notes',
  attempts: 5,
  backoffMs: 1_000,
  concurrency: 2,
});
