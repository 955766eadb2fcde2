import { UnavailableError } from '../../common/problem';

/**
 * Bounds how many costly computations run at once, and how many wait. Argon2 runs on libuv's pool of four threads, which reads files and looks up
 * host names as well: a flood of sign-ins must leave room for these, and must not make everybody wait for ever.
 */
export class HashSlots {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param size How many run at once. @param queue How many more may wait. */
  constructor(
    private readonly size: number,
    private readonly queue: number,
  ) {}

  /** Runs `compute` once there is room, in the order of asking. @throws UnavailableError when too many wait already. */
  async run<T>(compute: () => Promise<T>): Promise<T> {
    if (this.running >= this.size) await this.turn();
    else this.running += 1;
    try {
      return await compute();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      // The slot goes on to the next in line.
      else next();
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.queue) throw new UnavailableError('Too many sign in at once: try again');
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
