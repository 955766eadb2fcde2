/** More would be somebody who tries addresses by the thousand: then the oldest counters go. */
const MOST = 50_000;

interface Counter {
  value: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Counters that expire, in the memory of one process. */
export class MemoryCounters {
  private readonly counters = new Map<string, Counter>();

  constructor(private readonly most: number = MOST) {}

  value(key: string): number {
    return this.live(key)?.value ?? 0;
  }

  /** Milliseconds until it expires; 0 when there is none. */
  left(key: string): number {
    return Math.max(0, (this.live(key)?.expiresAt ?? 0) - Date.now());
  }

  set(key: string, value: number, ttlMs: number): void {
    // At the end of the order, which is that of the last change.
    this.counters.delete(key);
    this.counters.set(key, { value, expiresAt: Date.now() + ttlMs });
    if (this.counters.size > this.most) this.shrink();
  }

  /** Takes one off, if it is there. */
  decrement(key: string): void {
    const counter = this.live(key);
    if (counter !== undefined) counter.value -= 1;
  }

  clear(keys: string[]): void {
    for (const key of keys) this.counters.delete(key);
  }

  private live(key: string): Counter | undefined {
    const counter = this.counters.get(key);
    return counter !== undefined && counter.expiresAt > Date.now() ? counter : undefined;
  }

  /** Down to nine tenths, so that it is done rarely. */
  private shrink(): void {
    const now = Date.now();
    for (const [key, { expiresAt }] of this.counters) if (expiresAt <= now) this.counters.delete(key);
    for (const key of this.counters.keys()) {
      if (this.counters.size <= this.most * 0.9) return;
      this.counters.delete(key);
    }
  }
}
