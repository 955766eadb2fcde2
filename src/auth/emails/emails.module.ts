import { Module } from '@nestjs/common';
import { MailModule } from '../../mail/mail.module';
import { LimitsModule } from '../limits/limits.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { EmailsController } from './emails.controller';
import { EmailsService } from './emails.service';

/** Verifying and changing the address of an account. */
@Module({
  imports: [SignInModule, LimitsModule, MailModule],
  controllers: [EmailsController],
  providers: [EmailsService],
  exports: [EmailsService],
})
export class EmailsModule {}
