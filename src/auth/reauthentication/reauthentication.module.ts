import { Module } from '@nestjs/common';
import { LimitsModule } from '../limits/limits.module';
import { PasswordsModule } from '../passwords/passwords.module';
import { SecondFactorModule } from '../second-factor/second-factor.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { ReauthenticationController } from './reauthentication.controller';
import { ReauthenticationService } from './reauthentication.service';

@Module({
  imports: [SignInModule, PasswordsModule, SecondFactorModule, LimitsModule],
  controllers: [ReauthenticationController],
  providers: [ReauthenticationService],
})
export class ReauthenticationModule {}
