import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LimitsModule } from '../limits/limits.module';
import { NoticesModule } from '../notices/notices.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { PasskeySignInService } from './passkey-sign-in.service';
import { Passkey } from './passkey.entity';
import { PasskeysController } from './passkeys.controller';
import { PasskeysService } from './passkeys.service';

/** Passkeys (WebAuthn Level 3): adding them, and signing in with them. */
@Module({
  imports: [SignInModule, LimitsModule, NoticesModule, TypeOrmModule.forFeature([Passkey])],
  controllers: [PasskeysController],
  providers: [PasskeysService, PasskeySignInService],
})
export class PasskeysModule {}
