import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../../config/config';
import { UsersModule } from '../../users/users.module';
import { ACCESS_TOKEN_ISSUER } from '../access/access-token-claims';
import { ACCESS_TOKEN_TYPE, keyIdOf } from '../access/signing-keys';
import { AuditModule } from '../audit/audit.module';
import { OneTimeTokensModule } from '../one-time-tokens/one-time-tokens.module';
import { Totp } from '../second-factor/totp.entity';
import { RefreshCookie } from '../sessions/refresh-cookie';
import { RevokedSessions } from '../sessions/revoked-sessions';
import { Session } from '../sessions/session.entity';
import { SessionsService } from '../sessions/sessions.service';
import { SignInService } from './sign-in.service';

/** What every way to sign in needs: sessions, tokens, the audit trail. */
@Module({
  imports: [
    UsersModule,
    AuditModule,
    OneTimeTokensModule,
    TypeOrmModule.forFeature([Session, Totp]),
    JwtModule.registerAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        secret: config.jwtKey,
        signOptions: {
          algorithm: 'HS256',
          header: { alg: 'HS256', typ: ACCESS_TOKEN_TYPE, kid: keyIdOf(config.jwtKey) },
          expiresIn: config.ACCESS_TOKEN_SECONDS,
          issuer: ACCESS_TOKEN_ISSUER,
        },
      }),
    }),
  ],
  providers: [SignInService, SessionsService, RevokedSessions, RefreshCookie],
  exports: [
    UsersModule,
    AuditModule,
    OneTimeTokensModule,
    SignInService,
    SessionsService,
    RevokedSessions,
    RefreshCookie,
  ],
})
export class SignInModule {}
