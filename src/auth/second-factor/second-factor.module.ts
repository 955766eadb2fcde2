import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LimitsModule } from '../limits/limits.module';
import { NoticesModule } from '../notices/notices.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { RecoveryCode } from './recovery-code.entity';
import { SecondFactorSettingsService } from './second-factor-settings.service';
import { SecondFactorSignInService } from './second-factor-sign-in.service';
import { SecondFactorController } from './second-factor.controller';
import { SecondFactorService } from './second-factor.service';
import { Totp } from './totp.entity';
import { WrongCodes } from './wrong-codes';

/** Codes of authenticator apps, and recovery codes. */
@Module({
  imports: [SignInModule, LimitsModule, NoticesModule, TypeOrmModule.forFeature([Totp, RecoveryCode])],
  controllers: [SecondFactorController],
  providers: [SecondFactorService, SecondFactorSettingsService, SecondFactorSignInService, WrongCodes],
  exports: [SecondFactorService],
})
export class SecondFactorModule {}
