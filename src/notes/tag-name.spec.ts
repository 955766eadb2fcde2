import { cleanTagName, cleanTagNames, tagKey, tagNameProblem } from './tag-name';

describe('cleanTagName', () => {
  it('trims, and makes each run of white space one space', () => {
    expect(cleanTagName('\t to  read\u00A0\n later\u3000')).toBe('to read later');
  });

  it('keeps case and accents', () => {
    expect(cleanTagName('Éclair')).toBe('Éclair');
  });
});

describe('tagKey', () => {
  it.each([
    ['Work', 'WORK'],
    ['to read', '  To   Read '],
    ['é', 'e\u0301'],
    ['file', 'ﬁle'],
    ['Ａ１', 'a1'],
    ['a b', 'a\u00A0b'],
    ['STRASSE', 'strasse'],
  ])('is one for %j and %j', (a, b) => {
    expect(tagKey(a)).toBe(tagKey(b));
  });

  it.each([
    ['resume', 'résumé'],
    ['c', 'c++'],
    ['a b', 'ab'],
    ['i', 'ı'],
  ])('tells %j from %j', (a, b) => {
    expect(tagKey(a)).not.toBe(tagKey(b));
  });

  it('is the key of itself, for every letter there is', () => {
    const unstable: string[] = [];
    for (let code = 1; code <= 0x323af; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const key = tagKey(`x${String.fromCodePoint(code)}y`);
      if (tagKey(key) !== key) unstable.push(code.toString(16));
    }
    expect(unstable).toEqual([]);
  });
});

describe('tagNameProblem', () => {
  it.each([
    'a',
    'to read',
    'c++',
    '日本',
    '👍',
    'a/b',
    '"quoted"',
    'x'.repeat(100),
    '👍'.repeat(100),
    ` ${'x'.repeat(100)} `,
  ])('finds nothing wrong with %j', (name) => expect(tagNameProblem(name)).toBeNull());

  it.each([
    ['', 'must not be empty'],
    [' \t\n ', 'must not be empty'],
    ['x'.repeat(101), 'must be at most 100 characters'],
    ['👍'.repeat(101), 'must be at most 100 characters'],
    ['\uFDFA'.repeat(50), 'must be at most 100 characters'],
    ['a\u0007b', 'must not contain control characters'],
    ['a\u202Eb', 'must not contain text direction overrides (U+202D, U+202E)'],
    ['a,b', 'must not contain a comma'],
    ['a\0b', 'must be well-formed Unicode, without NUL'],
    ['a\uD83D', 'must be well-formed Unicode, without NUL'],
  ])('says what is wrong with %j', (name, problem) => {
    expect(tagNameProblem(name)).toBe(problem);
  });
});

describe('cleanTagNames', () => {
  it('keeps the first spelling of each tag, in order, and leaves out what is empty', () => {
    expect(cleanTagNames([' Work ', 'home', 'WORK', '', '  ', 'Home', 'to  read'])).toEqual([
      'Work',
      'home',
      'to read',
    ]);
  });
});
