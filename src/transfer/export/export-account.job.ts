import { defineJob } from '../../jobs/job-definition';

/** Where exports are kept; the id of the job names the file. */
export const EXPORTS_AREA = 'exports';

export interface ExportAccountResult {
  /** Bytes. */
  size: number;
  /** ISO 8601: when the file goes. */
  expiresAt: string;
}

/** Collects everything about the account of its user in a file. */
export const exportAccount = defineJob<object>({
  name: 'export-account',
  attempts: 5,
  backoffMs: 1_000,
  concurrency: 1,
});

export const exportKey = (jobId: string): string => `${EXPORTS_AREA}/${jobId}`;
