interface Entry<T> {
  value: T;
  until: number;
}

/** Keeps what was loaded for a short while; when it is full, what was not asked for the longest goes. */
export class ShortCache<T> {
  /** The least recently used first: a `Map` keeps the order in which keys were set. */
  private readonly entries = new Map<string, Entry<T>>();
  private forgotten = 0;

  /**
   * @param most entries
   * @param ms milliseconds that one counts, from before it was loaded
   * @param now a clock that only goes forward, in milliseconds
   */
  constructor(
    private readonly most: number,
    private readonly ms: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** What is kept under `key`, or else what `load` gives; what `load` throws is thrown, and nothing is kept. */
  async get(key: string, load: () => Promise<T>): Promise<T> {
    const entry = this.entries.get(key);
    const now = this.now();
    if (entry !== undefined && entry.until > now) {
      this.entries.delete(key);
      this.entries.set(key, entry);
      return entry.value;
    }
    const { forgotten } = this;
    const value = await load();
    // What was forgotten meanwhile may be this: it was perhaps read before.
    if (this.forgotten === forgotten) this.keep(key, { value, until: now + this.ms });
    return value;
  }

  /** From now on, `key` is loaded anew. */
  forget(key: string): void {
    this.forgotten += 1;
    this.entries.delete(key);
  }

  private keep(key: string, entry: Entry<T>): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.most && oldest !== undefined) this.entries.delete(oldest);
  }
}
