import { Module } from '@nestjs/common';
import { MailModule } from '../../mail/mail.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { AccountSetupService } from './account-setup.service';
import { UserAdministrationService } from './user-administration.service';

/** What administrators and commands do to accounts. */
@Module({
  imports: [SignInModule, MailModule],
  providers: [UserAdministrationService, AccountSetupService],
  exports: [UserAdministrationService, AccountSetupService],
})
export class AdministrationModule {}
