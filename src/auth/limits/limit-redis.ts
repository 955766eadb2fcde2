import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import Redis from 'ioredis';
import { Config } from '../../config/config';

/** The Redis that replicas share their limits in, when there is one. While it is away (logged once an outage) each counts alone: sign-in must not depend on it. */
@Injectable()
export class LimitRedis implements OnApplicationShutdown {
  readonly client?: Redis;
  private readonly logger = new Logger(LimitRedis.name);
  private away = false;

  constructor(config: Config) {
    if (config.REDIS_URL === undefined) return;
    this.client = new Redis(config.REDIS_URL, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 500,
    });
    // Refused commands are dealt with where they are made; without a listener, ioredis prints every attempt to connect.
    this.client.on('error', () => this.noteAway());
  }

  /** What `shared` gives; what `alone` gives without Redis, and while it is away. */
  async use<T>(shared: (redis: Redis) => Promise<T>, alone: () => T | Promise<T>): Promise<T> {
    if (this.client === undefined) return alone();
    try {
      const given = await shared(this.client);
      this.away = false;
      return given;
    } catch {
      this.noteAway();
      return alone();
    }
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }

  private noteAway(): void {
    if (!this.away) this.logger.warn('Redis is away: limits are counted in memory until it is back');
    this.away = true;
  }
}
