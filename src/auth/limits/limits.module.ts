import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../../config/config';
import { LimitCounters } from './limit-counters';
import { LimitRedis } from './limit-redis';
import { LimitStorage } from './limit-storage';
import { SignInDelays } from './sign-in-delays';
import { accountOf, networkOfRequest } from './sign-in-limit.guard';

const MINUTE_MS = 60_000;

@Module({ providers: [LimitRedis, LimitStorage, LimitCounters, SignInDelays], exports: [LimitStorage, SignInDelays] })
class LimitStorageModule {}

/** What `SignInLimitGuard` counts with, and the delays after failures. */
@Module({
  imports: [
    LimitStorageModule,
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
  exports: [ThrottlerModule, LimitStorageModule],
})
export class LimitsModule {}
