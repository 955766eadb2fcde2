import { MemoryCounters } from './memory-counters';

describe('counters in memory', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('expire', () => {
    const counters = new MemoryCounters();
    counters.set('a', 3, 1_000);
    expect([counters.value('a'), counters.left('a')]).toEqual([3, 1_000]);
    jest.advanceTimersByTime(999);
    expect([counters.value('a'), counters.left('a')]).toEqual([3, 1]);
    jest.advanceTimersByTime(1);
    expect([counters.value('a'), counters.left('a')]).toEqual([0, 0]);
    counters.decrement('a');
    expect(counters.value('a')).toBe(0);
  });

  it('are taken one off and cleared', () => {
    const counters = new MemoryCounters();
    counters.set('a', 3, 1_000);
    counters.set('b', 1, 1_000);
    counters.decrement('a');
    expect([counters.value('a'), counters.left('a')]).toEqual([2, 1_000]);
    counters.clear(['a', 'b']);
    expect([counters.value('a'), counters.value('b')]).toEqual([0, 0]);
  });

  it('do not fill the memory: expired ones go first, then those that were changed longest ago', () => {
    const counters = new MemoryCounters(10);
    counters.set('expired', 1, 10);
    jest.advanceTimersByTime(10);
    for (let index = 0; index < 9; index += 1) counters.set(`key-${index}`, 1, 1_000);
    counters.set('key-0', 2, 1_000);
    counters.set('new', 1, 1_000);
    const values = ['key-0', 'key-1', 'key-2', 'key-8', 'new'].map((key) => counters.value(key));
    expect(values).toEqual([2, 0, 1, 1, 1]);
  });
});
