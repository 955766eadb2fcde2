import { parseIdempotencyKey } from './idempotency-key';

describe('parseIdempotencyKey', () => {
  it.each([
    ['"8e03978e-40d5-43dd"', '8e03978e-40d5-43dd'],
    ['8e03978e-40d5-43dd', '8e03978e-40d5-43dd'],
    [' "two words" ', 'two words'],
    [String.raw`"a \"quoted\" \\ key"`, String.raw`a "quoted" \ key`],
    ['"a, b"', 'a, b'],
    ['a'.repeat(255), 'a'.repeat(255)],
  ])('reads %s', (header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  it.each(['', '""', '"', '"a', 'a"', 'two words', 'a, b', '"a", "b"', '"a";b=1', 'ü', '"a\\b"', 'a'.repeat(256)])(
    'refuses %j',
    (header) => {
      expect(() => parseIdempotencyKey(header)).toThrow('Idempotency-Key must be');
    },
  );
});
