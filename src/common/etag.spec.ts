import { etagOf, notModified, requireMatch } from './etag';
import { MalformedRequestError, PreconditionFailedError } from './problem';

const LISTS = ['"v7"', ' "v7" ', '"v1", "v7"', '"v7","v8"', ', ,"v7",', '"a,b","v7"', '"" , "v7"', '"v1"\t,\t"v7"'];
const OTHERS = ['"v8"', '"v70"', '"V7"', '"v7,"', '""', '"*"', '"a", "b"', '"v1,\u00e9"'];
const MALFORMED = [
  '',
  ' ',
  ',',
  'v7',
  '"v7',
  'v7"',
  '"v7" "v8"',
  '"v7";',
  'w/"v7"',
  'W/ "v7"',
  '"v 7"',
  "'v7'",
  '*, "v7"',
  '"v7", v8',
  '"v7"x',
];

describe('If-Match', () => {
  it.each(['*', ' * ', ...LISTS])('%j lets a change through', (header) => {
    expect(() => requireMatch(header, 7)).not.toThrow();
  });

  it('that is absent lets a change through', () => {
    expect(() => requireMatch(undefined, 7)).not.toThrow();
  });

  it.each([...OTHERS, 'W/"v7"', '"v6", W/"v7"'])('%j stops a change, and says what the version is', (header) => {
    expect(() => requireMatch(header, 7)).toThrow(PreconditionFailedError);
    expect(() => requireMatch(header, 7)).toThrow(etagOf(7));
  });

  it.each(MALFORMED)('%j is malformed', (header) => {
    expect(() => requireMatch(header, 7)).toThrow(MalformedRequestError);
  });
});

describe('If-None-Match', () => {
  it.each(['*', 'W/"v7"', '"v1", W/"v7"', ...LISTS])('%j is of the version that the caller has', (header) => {
    expect(notModified(header, 7)).toBe(true);
  });

  it.each([undefined, 'W/"v8"', ...OTHERS])('%j is of another', (header) => {
    expect(notModified(header, 7)).toBe(false);
  });

  it.each(MALFORMED)('%j is malformed', (header) => {
    expect(() => notModified(header, 7)).toThrow(MalformedRequestError);
  });

  it('is read in linear time', () => {
    const started = process.cpuUsage();
    for (const part of [' ', ',', ' ,', '"a",', 'W/']) {
      expect(() => notModified(`${part.repeat(64_000 / part.length)}x`, 7)).toThrow(MalformedRequestError);
    }
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
  });
});
