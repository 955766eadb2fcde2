import { LikeWords, stemmedWord } from './stemmed-words';

describe('stemmedWord', () => {
  it.each([
    ['Databases,', 'databases'],
    ['(Häuser)', 'häuser'],
    ['Ha\u0308user', 'häuser'],
    ['книги', 'книги'],
    ['a', null],
    ['red-hot', null],
    ['report.pdf', null],
    ["it's", null],
    ['x86', null],
    ['2025', null],
    ['!!!', null],
    ['x'.repeat(61), null],
  ])('of %s is %j', (text, word) => expect(stemmedWord({ type: 'word', text, prefix: false })).toBe(word));

  it('is none for a phrase and the beginning of a word', () => {
    expect(stemmedWord({ type: 'phrase', text: 'word' })).toBeNull();
    expect(stemmedWord({ type: 'word', text: 'word', prefix: true })).toBeNull();
  });
});

it('words that may have the same stem begin alike, accents and case aside, and are given once', () => {
  const like = new LikeWords(['straße', 'übung', 'database', 'улица']);
  const text = 'Die Straße, STRASSEN, Übungen und ubung, xstrasse; DataBases-database databases улицы на улице, unter';
  const words = 'straße strassen übungen ubung databases database улицы улице'.split(' ');
  expect(like.in(text)).toEqual(words);
});

it('of a text that is full of such words, the first hundred are given', () => {
  const letters = Array.from('abcdefghijklmno');
  const words = letters.flatMap((first) => letters.map((second) => `ru${first}${second}`));
  expect(new LikeWords(['run']).in(`${words.join(' ')} ${words.join(' ')}`)).toEqual(words.slice(0, 100));
});
