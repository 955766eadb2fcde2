import { nearest, slipsBetween, swapped, typedWords } from './spelling';

describe('typedWords', () => {
  it.each([
    ['Databse tea', ['0 Databse', '8 tea']],
    ['an ox databse', ['6 databse']],
    ['"as typed" tag:databse -not wanted', ['28 wanted']],
    ['-(one (two three)) four', ['19 four']],
    ['(one OR -two) three*', ['1 one']],
    ['https://exmaple.org/a1b2, (crème!)', ['0 https', '8 exmaple', '16 org', '27 crème']],
    ['улица 12 x2x', ['0 улица']],
    ['', []],
  ])('of %j are %j', (query, words) => {
    expect(typedWords(query).map(({ position, text }) => `${position} ${text}`)).toEqual(words);
  });

  it('are eight at most', () => expect(typedWords('word '.repeat(20))).toHaveLength(8));
});

describe('slipsBetween', () => {
  it.each([
    ['tea', 'tea', 0],
    ['tae', 'tea', 1],
    ['databse', 'database', 1],
    ['databaase', 'database', 1],
    ['databade', 'database', 1],
    ['recieve', 'receive', 1],
    ['ab', 'ba', 1],
    ['xab', 'xba', 1],
    ['', 'tea', 3],
    ['tea', '', 3],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
    ['👍a', 'a👍', 1],
  ])('%j and %j are %d', (from, to, slips) => {
    expect([slipsBetween(from, to), slipsBetween(to, from)]).toEqual([slips, slips]);
  });
});

it('a word is nearest with the fewest slips, and not near with more than it bears', () => {
  expect(nearest('databse', ['databases', 'database', 'databuse'])).toBe('database');
  expect(nearest('databaes', ['databases', 'database'])).toBe('database');
  expect(nearest('tae', ['tax', 'tea'])).toBe('tax');
  expect(nearest('tae', ['tools'])).toBeNull();
  expect(nearest('gardenning', ['gardener', 'gardening'])).toBe('gardening');
  expect(nearest('tea', [])).toBeNull();
});

it('swapped letters are those of neighbours', () => {
  expect(swapped('tae')).toEqual(['ate', 'tea']);
  expect(swapped('oo')).toEqual([]);
});
