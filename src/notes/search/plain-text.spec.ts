import { foldPlain } from './plain-text';

describe('foldPlain', () => {
  it('folds case, accents and letters that stand for two', () => {
    expect(foldPlain('Ünïcödé ŁÓDŹ Straße Œuvre þing İI')?.folded).toBe('unicode lodz strasse oeuvre thing ii');
    expect(foldPlain('“a”—b…\u00A0c')?.folded).toBe(' a  b  c');
  });

  it('knows where in the text a word is, behind letters that became two', () => {
    const text = 'ßß Maße: æon œ!';
    const plain = foldPlain(text);
    const found = [...(plain?.folded.matchAll(/[a-z]+/g) ?? [])].map(({ 0: word, index }) =>
      text.slice(plain?.sourceOf(index), plain?.sourceOf(index + word.length)),
    );
    expect(found).toEqual(['ßß', 'Maße', 'æon', 'œ']);
  });

  it.each([
    'か\u3099',
    '日本 e\u0301',
    '𠮷',
    'привет',
    '👍',
    'e\u0301',
    '½',
    'x²',
    'a\u200Bb',
    'a~b',
    '\u0001',
    '\uE000',
    '©',
    '\uD83D',
    '12e3ab',
  ])('leaves %j to the database', (text) => expect(foldPlain(`plain ${text}`)).toBeNull());
});
