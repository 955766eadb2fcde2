import type { Mail } from './mail.entity';

/** Where mails go: to a mail server, or into a folder when none is set. */
export abstract class MailTransport {
  /**
   * @throws UnrecoverableJobError when the mail server refuses this mail for good.
   * @throws ProblemError when it may be tried again.
   */
  abstract send(mail: Mail): Promise<void>;

  abstract close(): void;
}
