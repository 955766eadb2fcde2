import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../../config/config';
import { LimitStorage } from './limit-storage';
import { accountOf, networkOfRequest } from './sign-in-limit.guard';

const MINUTE_MS = 60_000;

@Module({ providers: [LimitStorage], exports: [LimitStorage] })
class LimitStorageModule {}

/** What `SignInLimitGuard` counts with. */
@Module({
  imports: [
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
  exports: [ThrottlerModule],
})
export class LimitsModule {}
