import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config';
import { UsersModule } from '../users/users.module';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { JwtAuthGuard } from './jwt-auth.guard';
import { ACCESS_TOKEN_ISSUER, JwtStrategy } from './jwt.strategy';
import { LimitStorage } from './limit-storage';
import { RevokedSessions } from './revoked-sessions';
import { Session } from './session.entity';
import { SessionsService } from './sessions.service';
import { accountOf, networkOfRequest } from './sign-in-limit.guard';

const MINUTE_MS = 60_000;

@Module({ providers: [LimitStorage], exports: [LimitStorage] })
class LimitStorageModule {}

/** Sign-in and the guard of every route. HTTP only: workers and commands act for users without signing in. */
@Module({
  imports: [
    UsersModule,
    PassportModule,
    TypeOrmModule.forFeature([Session]),
    JwtModule.registerAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        secret: config.jwtKey,
        signOptions: { algorithm: 'HS256', expiresIn: config.ACCESS_TOKEN_SECONDS, issuer: ACCESS_TOKEN_ISSUER },
      }),
    }),
    ThrottlerModule.forRootAsync({
      imports: [LimitStorageModule],
      inject: [Config, LimitStorage],
      useFactory: (config: Config, storage: LimitStorage) => ({
        storage,
        throttlers: [
          { name: 'address', ttl: MINUTE_MS, limit: config.SIGN_IN_LIMIT_PER_ADDRESS, getTracker: networkOfRequest },
          { name: 'account', ttl: MINUTE_MS, limit: config.SIGN_IN_LIMIT_PER_ACCOUNT, getTracker: accountOf },
        ],
      }),
    }),
  ],
  controllers: [AuthController],
  providers: [
    AuthService,
    SessionsService,
    RevokedSessions,
    JwtStrategy,
    { provide: APP_GUARD, useClass: JwtAuthGuard },
  ],
})
export class AuthHttpModule {}
