import { decodeText, htmlEncoding, TextStreamDecoder } from './decode-text';
import { ImportRefusedError } from './import-entry';

const refusal = (act: () => unknown): ImportRefusedError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ImportRefusedError) return error;
  }
  throw new Error('not refused');
};

const decodeIn = (encoding: string, bytes: Buffer, size: number): string => {
  const decoder = new TextStreamDecoder(encoding);
  let text = '';
  for (let at = 0; at < bytes.length; at += size) text += decoder.write(bytes.subarray(at, at + size));
  return text + decoder.end();
};

const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from('Grüße 🍝')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffGrüße 🍝')],
    ['UTF-16 little endian', Buffer.from('\ufeffGrüße 🍝', 'utf16le')],
    ['UTF-16 big endian', utf16be('Grüße 🍝')],
  ])('reads %s and drops the byte order mark', (_name, bytes) => {
    expect(decodeText(bytes)).toBe('Grüße 🍝');
  });

  it('reads an empty text', () => {
    expect(decodeText(Buffer.alloc(0))).toBe('');
  });

  it.each([
    ['a lone byte of Latin-1', Buffer.from('one\ntwo\nGr\xfc\xdfe', 'latin1'), 3, 10],
    ['a character that is cut off', Buffer.concat([Buffer.from('a\n'), Buffer.from('🍝').subarray(0, 3)]), 2, 2],
    ['an encoded surrogate', Buffer.from([0x61, 0xed, 0xa0, 0x80]), 1, 1],
    ['an overlong NUL', Buffer.from([0xc0, 0x80]), 1, 0],
  ])('refuses %s and says where it stands', (_name, bytes, line, offset) => {
    const error = refusal(() => decodeText(bytes));
    expect(error).toMatchObject({ code: 'invalid-encoding', line });
    expect(error.message).toContain(`line ${line}, byte ${offset};`);
  });

  it('refuses UTF-16 that ends within a character', () => {
    expect(refusal(() => decodeText(Buffer.from([0xff, 0xfe, 0x41]))).code).toBe('invalid-encoding');
  });
});

describe('TextStreamDecoder', () => {
  it.each(['utf-8', 'utf-16le'] as const)('gives the same text for pieces of any size in %s', (encoding) => {
    const text = 'ä€🍝\n'.repeat(5);
    const bytes = Buffer.from(`\ufeff${text}`, encoding);
    for (let size = 1; size < 12; size += 1) expect(decodeIn(encoding, bytes, size)).toBe(text);
  });

  it('names the same bad byte for pieces of any size', () => {
    const bytes = Buffer.concat([Buffer.from('ä€🍝\n'.repeat(3)), Buffer.from([0xe2, 0x82]), Buffer.from('x\n')]);
    for (let size = 1; size < 40; size += 1) {
      expect(refusal(() => decodeIn('utf-8', bytes, size)).message).toContain('line 4, byte 30;');
    }
  });

  it.each(['windows-1252', 'iso-8859-1', 'latin1'])('reads all of windows-1252 under the label %s', (label) => {
    const bytes = Buffer.from([0x80, 0x93, 0x94, 0x9f, 0x81, 0xe4, 0xff]);
    expect(decodeIn(label, bytes, 2)).toBe('€“”Ÿ\u0081äÿ');
  });
});

describe('htmlEncoding', () => {
  it.each([
    ['<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">', 'utf-8'],
    ['<meta charset=windows-1252>', 'windows-1252'],
    ['<meta charset="shift_jis">', 'shift_jis'],
    ['<meta charset="utf-16">', 'utf-8'],
    ['<meta charset="no-such-thing">', 'utf-8'],
    ['<p>charset=koi8-r', 'utf-8'],
    ['\ufeff<meta charset=windows-1252>', 'utf-8'],
  ])('finds the encoding of %j', (head, encoding) => {
    expect(htmlEncoding(Buffer.from(head))).toBe(encoding);
  });

  it('knows UTF-16 by its byte order mark alone', () => {
    expect(htmlEncoding(Buffer.from('\ufeff<meta charset=utf-8>', 'utf16le'))).toBe('utf-16le');
  });
});
