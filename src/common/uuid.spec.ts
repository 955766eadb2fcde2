import { validate, version } from 'uuid';
import { newId } from './uuid';

describe('newId', () => {
  it('gives ids that sort in the order in which they were made, many in a millisecond', () => {
    const ids = Array.from({ length: 5_000 }, newId);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  });

  it('keeps their order when the clock is set back', () => {
    const before = newId();
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 60_000);
    const after = newId();
    jest.restoreAllMocks();
    expect(after > before).toBe(true);
  });

  it('says when they were made', () => {
    const ms = Number.parseInt(newId().replace('-', '').slice(0, 12), 16);
    expect(Math.abs(ms - Date.now())).toBeLessThan(1_000);
  });

  it('fills their end with random bits, anew for each', () => {
    const ends = Array.from({ length: 1_000 }, () => newId().slice(-12));
    expect(new Set(ends).size).toBe(1_000);
  });
});
