import { HashSlots } from './hash-slots';

describe('the slots for hashes', () => {
  it('run as many at once as there are, the others in the order of asking', async () => {
    const slots = new HashSlots(2, 10);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const runs = [0, 1, 2, 3].map((index) =>
      slots.run(() => {
        begun.push(index);
        return new Promise<number>((resolve) => ends.push(() => resolve(index)));
      }),
    );
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    expect(await runs[1]).toBe(1);
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    await runs[0];
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[2]?.();
    ends[3]?.();
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
  });

  it('refuse with 503 what would be one too many, and take the next when there is room again', async () => {
    const slots = new HashSlots(1, 1);
    let end: () => void = () => undefined;
    const first = slots.run(() => new Promise<void>((resolve) => (end = resolve)));
    const second = slots.run(() => Promise.resolve('second'));
    await expect(slots.run(() => Promise.resolve('third'))).rejects.toMatchObject({
      status: 503,
      code: 'unavailable',
      options: { headers: { 'Retry-After': '2' } },
    });
    end();
    await first;
    expect(await second).toBe('second');
    expect(await slots.run(() => Promise.resolve('fourth'))).toBe('fourth');
  });

  it('give the slot back when a computation fails', async () => {
    const slots = new HashSlots(1, 0);
    await expect(slots.run(() => Promise.reject(new Error('out of memory')))).rejects.toThrow('out of memory');
    expect(await slots.run(() => Promise.resolve(1))).toBe(1);
  });
});
