import { setTimeout as sleep } from 'node:timers/promises';

/** What `look` finds once it finds something that is not undefined; asked every 20 ms. @throws Error after `ms` milliseconds. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  ms = 10_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${ms} ms`);
    await sleep(20);
  }
}
