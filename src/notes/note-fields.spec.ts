import { ValidationFailedError } from '../common/problem';
import { deriveFields, noteBytes, type NoteFields, tidyNote } from './note-fields';

function fields(given: Partial<NoteFields>): NoteFields {
  return {
    title: null,
    body: null,
    url: null,
    tags: [],
    notebookId: null,
    pinned: false,
    archivedAt: null,
    language: null,
    isLanguageSet: false,
    ...given,
  };
}

describe('noteBytes', () => {
  it.each([
    [{ title: 'aä€😀' }, 10],
    [{ title: 'a', body: 'é', url: 'https://example.org/ä', tags: ['x'] }, 25],
    [{}, 0],
  ])('counts the bytes of %j', (given, bytes) => {
    expect(noteBytes(fields(given))).toBe(bytes);
  });
});

describe('tidyNote', () => {
  it('trims title and address, keeps the body as it is, and each tag once', () => {
    const given = { title: ' a\u3000', body: ' b\n', url: ' https://example.org ', tags: ['x', ' X '], pinned: true };
    expect(tidyNote(fields(given))).toEqual(
      fields({ title: 'a', body: ' b\n', url: 'https://example.org', tags: ['x'], pinned: true }),
    );
  });

  it('makes what is empty absent', () => {
    expect(tidyNote(fields({ title: '  ', body: ' ', url: '' }))).toEqual(fields({ body: ' ' }));
    expect(tidyNote(fields({ title: 'a', body: '' }))).toEqual(fields({ title: 'a' }));
  });

  it.each([{}, { title: ' ', url: '\u3000', body: '' }, { tags: ['a'], pinned: true, archivedAt: new Date() }])(
    'refuses %j, in which nothing is left',
    (given) => expect(() => tidyNote(fields(given))).toThrow(ValidationFailedError),
  );
});

const titleKey = (title: string): string => deriveFields(fields({ title })).titleKey;

describe('deriveFields', () => {
  it('takes the address for the title of a bookmark that has none', () => {
    const url = 'https://www.Example.org/É';
    expect(deriveFields(fields({ url }))).toMatchObject({
      titleKey: 'https://www.example.org/e',
      urlHost: 'example.org',
    });
    expect(deriveFields(fields({ url, title: 'T' })).titleKey).toBe('t');
    expect(deriveFields(fields({ body: 'b' }))).toEqual({ titleKey: '', urlKey: null, urlHost: null });
  });

  it('sorts titles without regard to case, accents and compatibility forms', () => {
    for (const [a, b] of [
      ['Éclair', 'ECLAIR'],
      ['ﬁle', 'file'],
      ['Ａ', 'a'],
      ['e\u0301', 'é'],
    ] as const) {
      expect(titleKey(a)).toBe(titleKey(b));
    }
  });

  it('keeps 100 whole characters to sort by, whatever they become', () => {
    for (const character of ['a', '👍', '語', 'ﷺ', 'İ', 'a\u0301']) {
      for (const shift of ['', 'x']) {
        const key = titleKey(shift + character.repeat(300));
        expect([character, Array.from(key).length, key.isWellFormed()]).toEqual([character, 100, true]);
      }
    }
  });

  it.each(['javascript:x', 'example.org', 'https://', 'ftp://example.org/'])('refuses the address %s', (url) => {
    expect(() => deriveFields(fields({ url }))).toThrow(ValidationFailedError);
  });
});
