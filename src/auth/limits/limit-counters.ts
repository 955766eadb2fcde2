import { Injectable } from '@nestjs/common';
import { LimitRedis } from './limit-redis';
import { MemoryCounters } from './memory-counters';

/** Takes one off a counter that is there; `decr` alone would make one that never expires. */
const DECREMENT = `if redis.call('exists', KEYS[1]) == 1 then redis.call('decr', KEYS[1]) end`;

/** Counters that expire: in Redis when there is one, so that replicas share them, else in memory. Each call is atomic. */
@Injectable()
export class LimitCounters {
  private readonly memory = new MemoryCounters();

  constructor(private readonly redis: LimitRedis) {}

  value(key: string): Promise<number> {
    return this.redis.use(
      async (redis) => Number(await redis.get(key)),
      () => this.memory.value(key),
    );
  }

  /** Milliseconds until it expires; 0 when there is none. */
  left(key: string): Promise<number> {
    return this.redis.use(
      async (redis) => Math.max(0, await redis.pttl(key)),
      () => this.memory.left(key),
    );
  }

  /** Adds one and gives the sum; `ttlMs` runs anew. */
  increment(key: string, ttlMs: number): Promise<number> {
    return this.redis.use(
      async (redis) => {
        const [sum] = (await redis.multi().incr(key).pexpire(key, ttlMs).exec()) ?? [];
        return Number(sum?.[1]);
      },
      () => {
        const sum = this.memory.value(key) + 1;
        this.memory.set(key, sum, ttlMs);
        return sum;
      },
    );
  }

  /** Takes one off a counter that is there. */
  async decrement(key: string): Promise<void> {
    await this.redis.use<unknown>(
      (redis) => redis.eval(DECREMENT, 1, key),
      () => this.memory.decrement(key),
    );
  }

  /** Makes it be there for `ttlMs`; false when it was. Of two at once, one gets true. */
  claim(key: string, ttlMs: number): Promise<boolean> {
    return this.redis.use(
      async (redis) => (await redis.set(key, 1, 'PX', ttlMs, 'NX')) !== null,
      () => {
        if (this.memory.left(key) > 0) return false;
        this.memory.set(key, 1, ttlMs);
        return true;
      },
    );
  }

  async set(key: string, ttlMs: number): Promise<void> {
    await this.redis.use<unknown>(
      (redis) => redis.set(key, 1, 'PX', ttlMs),
      () => this.memory.set(key, 1, ttlMs),
    );
  }

  async clear(...keys: string[]): Promise<void> {
    await this.redis.use<unknown>(
      (redis) => redis.del(...keys),
      () => this.memory.clear(keys),
    );
  }
}
