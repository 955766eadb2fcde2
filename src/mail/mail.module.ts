import { Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config';
import { JobsModule } from '../jobs/jobs.module';
import { MailFolder } from './mail-folder';
import { MailTransport } from './mail-transport';
import { Mail } from './mail.entity';
import { MailService } from './mail.service';
import { SmtpTransport } from './smtp-transport';

/** Mails: sent by a job, through a mail server or into a folder. */
@Module({
  imports: [JobsModule, TypeOrmModule.forFeature([Mail])],
  providers: [MailService, { provide: MailTransport, inject: [Config], useFactory: transportOf }],
  exports: [MailService, MailTransport, JobsModule, TypeOrmModule],
})
export class MailModule implements OnApplicationShutdown {
  constructor(private readonly transport: MailTransport) {}

  onApplicationShutdown(): void {
    this.transport.close();
  }
}

function transportOf({ SMTP_URL, MAIL_FROM, mailDir, isProduction }: Config): MailTransport {
  if (SMTP_URL !== undefined) return new SmtpTransport(SMTP_URL, MAIL_FROM);
  if (isProduction) new Logger('Mail').warn(`SMTP_URL is not set: mails are kept in ${mailDir}, and nobody gets them`);
  return new MailFolder(mailDir, MAIL_FROM);
}
