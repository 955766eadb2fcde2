import { ShortCache } from './short-cache';

describe('a short cache', () => {
  let now: number;
  let cache: ShortCache<string>;
  let loads: string[];

  beforeEach(() => {
    now = 1_000;
    cache = new ShortCache(3, 5_000, () => now);
    loads = [];
  });

  const ask = (key: string, value = key): Promise<string> =>
    cache.get(key, async () => {
      loads.push(key);
      return value;
    });

  it('loads what it does not have, and then keeps it for its time, however often it is asked for', async () => {
    expect(await ask('a', 'first')).toBe('first');
    for (const later of [1_500, 5_999]) {
      now = later;
      expect(await ask('a', 'second')).toBe('first');
    }
    now = 6_000;
    expect(await ask('a', 'third')).toBe('third');
    expect(loads).toEqual(['a', 'a']);
  });

  it('counts the time from before it loaded', async () => {
    await cache.get('a', async () => {
      now += 4_000;
      return 'slow';
    });
    now += 1_000;
    expect(await ask('a', 'new')).toBe('new');
  });

  it('never has more than its bound, and drops what was not asked for the longest', async () => {
    for (const key of ['a', 'b', 'c', 'a', 'd']) await ask(key);
    expect(cache.size).toBe(3);
    loads = [];
    for (const key of ['a', 'c', 'd']) await ask(key);
    expect(loads).toEqual([]);
    await ask('b');
    expect([loads, cache.size]).toEqual([['b'], 3]);
    for (let i = 0; i < 1_000; i += 1) await ask(`key ${i}`);
    expect(cache.size).toBe(3);
  });

  it('keeps nothing of a load that fails', async () => {
    const failing = cache.get('a', () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    expect([await ask('a'), loads]).toEqual(['a', ['a']]);
  });

  it('forgets, also what is being loaded while it forgets', async () => {
    await ask('a', 'old');
    cache.forget('a');
    expect(await ask('a', 'new')).toBe('new');
    let finish: (value: string) => void = () => undefined;
    const loading = cache.get('b', () => new Promise((resolve) => (finish = resolve)));
    cache.forget('b');
    finish('read before');
    expect(await loading).toBe('read before');
    expect(await ask('b', 'read after')).toBe('read after');
  });
});
