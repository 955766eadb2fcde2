import { validate } from 'class-validator';
import { codePointLength, IsStorableText, isStorableText, textProblem, utf8Length } from './text';

describe('isStorableText', () => {
  it.each(['', 'plain', 'naïve 日本語', '👍🏽', 'line\nbreak\ttab', '\uFFFD', '\u202E'])('accepts %j', (s) => {
    expect(isStorableText(s)).toBe(true);
  });

  it.each(['a\0b', '\0', '\uD83D', 'x\uDC00', '\uDC00\uD83D'])('refuses %j', (s) => {
    expect(isStorableText(s)).toBe(false);
  });
});

describe('lengths', () => {
  it.each([
    ['', 0, 0],
    ['abc', 3, 3],
    ['é', 1, 2],
    ['日本', 2, 6],
    ['👍', 1, 4],
    ['a👍b👍', 4, 10],
    ['\uD83Dx', 2, 4],
  ])('of %j are %i code points and %i bytes', (s, codePoints, bytes) => {
    expect(codePointLength(s)).toBe(codePoints);
    expect(utf8Length(s)).toBe(bytes);
  });

  it('count as iterating over the string does, whatever the surrogates', () => {
    const parts = ['a', '👍', '\uD83D', '\uDC4D', 'é'];
    for (let i = 0; i < 5 ** 5; i++) {
      const s = Array.from({ length: 5 }, (_, at) => parts[Math.floor(i / 5 ** at) % 5]).join('');
      expect(codePointLength(s)).toBe([...s].length);
    }
  });
});

describe('textProblem', () => {
  const line = { multiline: false };

  it.each([null, undefined, 7, {}, ['a']])('says that %j is not a string', (value) => {
    expect(textProblem(value, line)).toBe('must be a string');
  });

  it('allows a text of exactly the limit and refuses one more', () => {
    expect(textProblem('👍'.repeat(500), { ...line, maxCodePoints: 500 })).toBeNull();
    expect(textProblem('👍'.repeat(501), { ...line, maxCodePoints: 500 })).toBe('must be at most 500 characters');
    expect(textProblem('é'.repeat(512), { ...line, maxBytes: 1024 })).toBeNull();
    expect(textProblem('é'.repeat(513), { ...line, maxBytes: 1024 })).toBe('must be at most 1,024 bytes in UTF-8');
  });

  it.each(['a\nb', 'a\rb', 'a\tb', 'a\u0007b', 'a\u007Fb', 'a\u0085b', 'a\u2028b', 'a\u2029b'])(
    'refuses %j in one line and allows it in a body',
    (s) => {
      expect(textProblem(s, line)).toBe('must be a single line without control characters');
      expect(textProblem(s, { multiline: true })).toBeNull();
    },
  );

  it.each(['a\u202Db', 'a\u202Eb'])('refuses the override in %j in one line and allows it in a body', (s) => {
    expect(textProblem(s, line)).toMatch('text direction overrides');
    expect(textProblem(s, { multiline: true })).toBeNull();
  });

  it.each(['\u200Fשלום\u200E', '\u202Bمرحبا\u202C', '\u2067שלום\u2069', 'می\u200Cخواهم', '👩\u200D💻'])(
    'allows the marks that real titles hold, as in %j',
    (s) => expect(textProblem(s, line)).toBeNull(),
  );

  it('refuses NUL and half a surrogate pair in a body too', () => {
    expect(textProblem('a\0b', { multiline: true })).toMatch('NUL');
    expect(textProblem('a\uD83D', { multiline: true })).toMatch('surrogate');
  });
});

describe('@IsStorableText', () => {
  class Sample {
    @IsStorableText({ maxCodePoints: 3, multiline: false })
    title: unknown = 'abc';

    @IsStorableText({ maxBytes: 4, multiline: true }, { each: true })
    lines: unknown = ['a\nb'];
  }

  async function messages(fields: Partial<Sample>): Promise<string[]> {
    const errors = await validate(Object.assign(new Sample(), fields));
    return errors.flatMap((error) => Object.values(error.constraints ?? {}));
  }

  it('lets good text through', async () => {
    expect(await messages({})).toEqual([]);
  });

  it('names the property and the limit', async () => {
    expect(await messages({ title: 'abcd' })).toEqual(['title must be at most 3 characters']);
    expect(await messages({ title: 12 })).toEqual(['title must be a string']);
    expect(await messages({ title: undefined })).toEqual(['title must be a string']);
  });

  it('speaks for the first item at fault of a list', async () => {
    expect(await messages({ lines: ['good', 'too long', 'x\0'] })).toEqual([
      'each value in lines must be at most 4 bytes in UTF-8',
    ]);
  });
});
