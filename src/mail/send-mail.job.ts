import { defineJob } from '../jobs/job-definition';

export interface SendMailPayload {
  mailId: string;
}

/** Sends a mail. The waits add up to about a day, so that a mail server may be away for a night. */
export const sendMail = defineJob<SendMailPayload>({
  name: 'send-mail',
  attempts: 15,
  backoffMs: 5_000,
  concurrency: 3,
});
