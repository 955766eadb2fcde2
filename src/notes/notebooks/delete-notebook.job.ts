import { defineJob } from '../../jobs/job-definition';
import type { DeleteMode } from './notebook.requests';

export interface DeleteNotebookPayload {
  notebookId: string;
  notes: DeleteMode;
}

/** Takes the notes out of a notebook that has many, then removes it. */
export const deleteNotebook = defineJob<DeleteNotebookPayload>({
  name: 'delete-notebook',
  attempts: 5,
  backoffMs: 1_000,
  concurrency: 2,
});
