import { Module } from '@nestjs/common';
import { MailModule } from '../../mail/mail.module';
import { NoticesService } from './notices.service';

@Module({ imports: [MailModule], providers: [NoticesService], exports: [NoticesService] })
export class NoticesModule {}
