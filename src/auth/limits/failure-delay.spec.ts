import { delayAfter, LONGEST_DELAY } from './failure-delay';

describe('the delay after failures', () => {
  const rule = { from: 5, first: 1 };

  it.each([
    [0, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [14, 512],
    [15, LONGEST_DELAY],
    [5_000, LONGEST_DELAY],
  ])('of %i in a row is %i s', (failures, seconds) => {
    expect(delayAfter(failures, rule)).toBe(seconds);
  });

  it('begins at once and longer for unknown networks while an account is attacked', () => {
    expect([0, 1, 2, 3].map((failures) => delayAfter(failures, { from: 1, first: 30 }))).toEqual([0, 30, 60, 120]);
  });
});
