import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AccessGuard } from './access/access.guard';
import { JwtAuthGuard } from './access/jwt-auth.guard';
import { JwtStrategy } from './access/jwt.strategy';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { LimitsModule } from './limits/limits.module';
import { PasskeysModule } from './passkeys/passkeys.module';
import { SecondFactorModule } from './second-factor/second-factor.module';
import { SignInModule } from './sign-in/sign-in.module';

/** Sign-in and the guards of every route. HTTP only: workers and commands act for users without signing in. */
@Module({
  imports: [SignInModule, LimitsModule, PassportModule, PasskeysModule, SecondFactorModule],
  controllers: [AuthController],
  providers: [
    AuthService,
    JwtStrategy,
    // In this order: who asks, then whether they may.
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
export class AuthHttpModule {}
