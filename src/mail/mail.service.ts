import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { textProblem } from '../common/text';
import { newId } from '../common/uuid';
import { JobsService } from '../jobs/jobs.service';
import { Mail } from './mail.entity';
import { sendMail } from './send-mail.job';

export interface OutgoingMail {
  /** One address, without a name. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Whom it is about. */
  userId?: string;
}

/** What may stand between the angle brackets of one recipient: nothing that ends it or begins another. */
const ADDRESS = /^[^\s<>,;]+@[^\s<>,;@]+$/;

@Injectable()
export class MailService {
  constructor(private readonly jobs: JobsService) {}

  /**
   * Asks for a mail in the caller's transaction: it is sent if that is committed, and never if not.
   * @throws Error when `to` is not one address or the subject not one line: callers have checked what people typed.
   */
  async send(manager: EntityManager, { to, subject, text, html, userId }: OutgoingMail): Promise<void> {
    requireLine('recipient', to, 254);
    requireLine('subject', subject, 500);
    if (!ADDRESS.test(to)) throw new Error('The recipient of a mail must be one address');
    const mail = { id: newId(), userId: userId ?? null, recipient: to, subject, text, html, sentAt: null };
    await manager.insert(Mail, mail);
    await this.jobs.enqueue(manager, sendMail, { mailId: mail.id }, { userId: null });
  }
}

function requireLine(what: string, value: string, maxCodePoints: number): void {
  const problem = textProblem(value, { multiline: false, maxCodePoints });
  if (problem !== null) throw new Error(`The ${what} of a mail ${problem}`);
}
