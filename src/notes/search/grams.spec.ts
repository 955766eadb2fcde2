import { splitGrams } from './grams';

describe('splitGrams', () => {
  it.each([
    ['red-hot', 'red-hot', []],
    ['日本語', null, [`'日本' <-> '本語'`]],
    ['猫', null, [`'猫':*`]],
    ['iPhone手機', 'iPhone ', [`'手機'`]],
    ['東京 2025年', '  2025 ', [`'東京'`, `'年':*`]],
    ['か\u3099く', null, [`'がく'`]],
    ['กาแฟ', null, [`'กา' <-> 'าแ' <-> 'แฟ'`]],
    ['𠮷野', null, [`'𠮷野'`]],
    ['「猫」', null, [`'猫':*`]],
    ['улица', 'улица', []],
    ['!!!', '!!!', []],
  ])('of %j is %j and %j', (term, words, grams) => {
    expect(splitGrams(term)).toEqual({ words, grams });
  });
});
