import { canonicalLanguage } from './language-subtag';

it.each([
  ['de', 'de'],
  ['DEU', 'de'],
  ['iw', 'he'],
  ['und', 'und'],
  // Of these, the canonical form names a script or a country, too.
  ['sh', 'sr'],
  ['cnr', 'sr'],
  ['d', null],
  ['root', null],
  ['de-CH', null],
])('canonicalLanguage of %j is %j', (value, expected) => expect(canonicalLanguage(value)).toBe(expected));
