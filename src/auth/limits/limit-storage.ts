import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import Redis from 'ioredis';
import { Config } from '../../config/config';

type Increment = ThrottlerStorage['increment'];

/**
 * Counts attempts in Redis when there is one, so that replicas share the limits; in memory without one and while it is away (logged once an outage):
 * sign-in must not depend on Redis.
 */
@Injectable()
export class LimitStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly logger = new Logger(LimitStorage.name);
  private readonly memory = new ThrottlerStorageService();
  private readonly redis?: Redis;
  private readonly shared?: ThrottlerStorageRedisService;
  private away = false;

  constructor(config: Config) {
    if (config.REDIS_URL === undefined) return;
    this.redis = new Redis(config.REDIS_URL, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 500,
    });
    // Refused commands are dealt with where they are made; without a listener, ioredis prints every attempt to connect.
    this.redis.on('error', () => this.noteAway());
    this.shared = new ThrottlerStorageRedisService(this.redis);
  }

  async increment(...record: Parameters<Increment>): ReturnType<Increment> {
    if (this.shared === undefined) return this.memory.increment(...record);
    try {
      const counted = await this.shared.increment(...record);
      this.away = false;
      return counted;
    } catch {
      this.noteAway();
      return this.memory.increment(...record);
    }
  }

  onApplicationShutdown(): void {
    this.memory.onApplicationShutdown();
    this.redis?.disconnect();
  }

  private noteAway(): void {
    if (!this.away) this.logger.warn('Redis is away: limits are counted in memory until it is back');
    this.away = true;
  }
}
