import { canonicalLocale, canonicalTimeZone } from './locale';

describe('canonicalLocale', () => {
  it.each([
    ['de-CH', 'de-CH'],
    ['DE-ch', 'de-CH'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['iw', 'he'],
    ['sr-latn-rs-u-co-standard-ca-gregory-nu-latn', null],
    ['sl-rozaj-biske-1994', 'sl-1994-biske-rozaj'],
  ])('makes %s %s', (given, expected) => {
    expect(canonicalLocale(given)).toBe(expected);
  });

  it.each(['', 'd', 'de_CH', 'de CH', 'de-', 'german-is-no-tag', 'x'.repeat(36), 'de\0', `de-x-${'a1'.repeat(400)}`])(
    'refuses %j',
    (given) => {
      expect(canonicalLocale(given)).toBeNull();
    },
  );
});

describe('canonicalTimeZone', () => {
  it.each([
    ['Europe/Zurich', 'Europe/Zurich'],
    ['europe/zurich', 'Europe/Zurich'],
    ['UTC', 'UTC'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['America/Argentina/ComodRivadavia', expect.stringContaining('America/')],
  ])('makes %s %s', (given, expected) => {
    expect(canonicalTimeZone(given)).toEqual(expected);
  });

  it.each(['', 'Mars/Olympus', '+01:00', '-05', 'Europe', 'Europe/Zurich ', `E${'x'.repeat(100)}`])(
    'refuses %j',
    (given) => {
      expect(canonicalTimeZone(given)).toBeNull();
    },
  );

  it('knows each name that the runtime lists, and leaves it as it is', () => {
    const names = Intl.supportedValuesOf('timeZone');
    expect(names.filter((name) => canonicalTimeZone(name) !== name)).toEqual([]);
  });
});
