import { Module } from '@nestjs/common';
import { MailModule } from '../../mail/mail.module';
import { LimitsModule } from '../limits/limits.module';
import { PasswordsModule } from '../passwords/passwords.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { AccountController } from './account.controller';
import { AccountService } from './account.service';

/** What users do with their own account. */
@Module({
  imports: [SignInModule, PasswordsModule, MailModule, LimitsModule],
  controllers: [AccountController],
  providers: [AccountService],
})
export class AccountModule {}
