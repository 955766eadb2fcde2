import { defineJob } from '../../jobs/job-definition';

export interface ChangeTagPayload {
  tagId: string;
  /** `rename`: the tag has its new name, and its notes are to follow. */
  change: 'rename' | 'merge' | 'delete';
  /** The tag that notes get instead, of `merge`. */
  into: string | null;
}

/** Changes the notes of a tag that many have. */
export const changeTag = defineJob<ChangeTagPayload>({
  name: 'change-tag',
  attempts: 5,
  backoffMs: 1_000,
  concurrency: 2,
});
