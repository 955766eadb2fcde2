import { Module } from '@nestjs/common';
import { MailModule } from '../../mail/mail.module';
import { LimitsModule } from '../limits/limits.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { PasswordProof } from './password-proof';
import { PasswordsController } from './passwords.controller';
import { PasswordsService } from './passwords.service';

/** Changing a password, and setting a new one by mail. */
@Module({
  imports: [SignInModule, LimitsModule, MailModule],
  controllers: [PasswordsController],
  providers: [PasswordsService, PasswordProof],
  exports: [PasswordsService, PasswordProof],
})
export class PasswordsModule {}
