import { createTransport } from 'nodemailer';
import { messageOf as textOf, propertyOf } from '../common/errors';
import { ProblemError } from '../common/problem';
import { UnrecoverableJobError } from '../jobs/job-errors';
import { messageOf } from './mail-message';
import { MailTransport } from './mail-transport';
import type { Mail } from './mail.entity';
import { sendMail } from './send-mail.job';

const TIMEOUTS = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** Sends through the mail server at `SMTP_URL`, over a few connections that are kept open. */
export class SmtpTransport extends MailTransport {
  private readonly transport;

  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.transport = createTransport({ url, pool: true, maxConnections: sendMail.concurrency, ...TIMEOUTS });
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.transport.sendMail(messageOf(mail, this.from));
    } catch (error) {
      throw problemOf(error);
    }
  }

  close(): void {
    this.transport.close();
  }
}

/**
 * A 5xx answer to the sender, the recipient or the content is final (RFC 5321, 4.2.1). One to the sign-in, or that one is needed (530), is about the settings of
 * this server: those can be mended, so the mail waits, as it does while the mail server is away.
 */
function problemOf(error: unknown): ProblemError {
  const status = Number(propertyOf(error, 'responseCode'));
  const isAboutTheMail = ['EENVELOPE', 'EMESSAGE'].includes(String(propertyOf(error, 'code')));
  const isFinal = isAboutTheMail && status >= 500 && status !== 530;
  const detail = textOf(error);
  if (!isFinal) {
    return new ProblemError(503, 'mail-server-unavailable', 'The mail server cannot be used', detail, { cause: error });
  }
  const problem = new ProblemError(422, 'mail-refused', 'The mail server refused the mail', detail, { cause: error });
  return new UnrecoverableJobError(problem);
}
