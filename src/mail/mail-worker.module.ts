import { Module } from '@nestjs/common';
import { MailModule } from './mail.module';
import { SendMailProcessor } from './send-mail.processor';

@Module({ imports: [MailModule], providers: [SendMailProcessor] })
export class MailWorkerModule {}
