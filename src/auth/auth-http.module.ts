import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AccessTokensModule } from './access-tokens/access-tokens.module';
import { AccessGuard } from './access/access.guard';
import { JwtAuthGuard } from './access/jwt-auth.guard';
import { JwtStrategy } from './access/jwt.strategy';
import { AccountModule } from './account/account.module';
import { SigningKeys } from './access/signing-keys';
import { AdministrationHttpModule } from './administration/administration-http.module';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { EmailsModule } from './emails/emails.module';
import { LimitsModule } from './limits/limits.module';
import { ReauthenticationModule } from './reauthentication/reauthentication.module';
import { SessionsHttpModule } from './sessions/sessions-http.module';
import { PagesModule } from './pages/pages.module';
import { PasswordsModule } from './passwords/passwords.module';
import { RegistrationModule } from './registration/registration.module';
import { OAuthModule } from './oauth/oauth.module';
import { SignInModule } from './sign-in/sign-in.module';

/** Sign-in and the guards of every route. HTTP only: workers and commands act for users without signing in. */
@Module({
  imports: [
    SignInModule,
    LimitsModule,
    PassportModule,
    SessionsHttpModule,
    ReauthenticationModule,
    AccessTokensModule,
    AccountModule,
    EmailsModule,
    PasswordsModule,
    PagesModule,
    RegistrationModule,
    AdministrationHttpModule,
    OAuthModule,
  ],
  controllers: [AuthController],
  providers: [
    AuthService,
    JwtStrategy,
    SigningKeys,
    // In this order: who asks, then whether they may.
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
export class AuthHttpModule {}
