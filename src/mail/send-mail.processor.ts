import { Processor } from '@nestjs/bullmq';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { JobProcessor } from '../jobs/job-processor';
import { MailTransport } from './mail-transport';
import { Mail } from './mail.entity';
import { sendMail, type SendMailPayload } from './send-mail.job';

const NO_CONTENT = { text: null, html: null };

/** A mail goes out once, unless the process dies between the mail server's yes and our note of it. */
@Processor(sendMail.name, sendMail.workerOptions)
export class SendMailProcessor extends JobProcessor<SendMailPayload> {
  constructor(
    @InjectRepository(Mail) private readonly mails: Repository<Mail>,
    private readonly transport: MailTransport,
  ) {
    super(sendMail);
  }

  protected override async handle({ mailId }: SendMailPayload): Promise<null> {
    const mail = await this.mails.findOneBy({ id: mailId, sentAt: IsNull() });
    if (mail === null) return null;
    await this.transport.send(mail);
    await this.mails.update({ id: mailId }, { sentAt: new Date(), ...NO_CONTENT });
    return null;
  }

  /** What could not be sent is not kept either. */
  protected override async ended({ mailId }: SendMailPayload): Promise<void> {
    await this.mails.update({ id: mailId }, NO_CONTENT);
  }
}
