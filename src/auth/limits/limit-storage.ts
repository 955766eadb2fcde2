import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { LimitRedis } from './limit-redis';

type Increment = ThrottlerStorage['increment'];

/** Counts attempts: in Redis when there is one, else in memory. */
@Injectable()
export class LimitStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly memory = new ThrottlerStorageService();
  private readonly shared?: ThrottlerStorageRedisService;

  constructor(private readonly redis: LimitRedis) {
    if (redis.client !== undefined) this.shared = new ThrottlerStorageRedisService(redis.client);
  }

  increment(...record: Parameters<Increment>): ReturnType<Increment> {
    const { shared, memory } = this;
    if (shared === undefined) return memory.increment(...record);
    return this.redis.use(
      () => shared.increment(...record),
      () => memory.increment(...record),
    );
  }

  onApplicationShutdown(): void {
    this.memory.onApplicationShutdown();
  }
}
