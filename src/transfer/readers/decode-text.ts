import { TextDecoder } from 'node:util';
import { ImportRefusedError } from './import-entry';

const META_BYTES = 4096;
const NEWLINE = 0x0a;

/** The encoding that a byte order mark names; null without one. */
export function bomEncoding(head: Buffer): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 'utf-8' : null;
}

/** The encoding of an HTML file: its byte order mark, else its `<meta charset>`, else UTF-8. */
export function htmlEncoding(head: Buffer): string {
  const meta = /<meta\s[^<>]{0,200}?charset\s*=\s*["']?([\w:-]+)/i.exec(head.toString('latin1', 0, META_BYTES));
  return bomEncoding(head) ?? knownEncoding(meta?.[1] ?? 'utf-8');
}

/** Without a byte order mark UTF-16 could not have been read so far; HTML takes such a label for UTF-8. */
function knownEncoding(label: string): string {
  if (/^utf-?16/i.test(label)) return 'utf-8';
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return 'utf-8';
  }
}

/**
 * Decodes a text that comes in pieces, whatever their borders, and drops the byte order mark.
 * Throws ImportRefusedError('invalid-encoding') that names the first bad byte and its line.
 */
export class TextStreamDecoder {
  private readonly decoder: TextDecoder;
  private offset = 0;
  private line = 1;
  /** The last bytes, in which a character may have begun. */
  private tail = Buffer.alloc(0);

  constructor(private readonly encoding: string) {
    this.decoder = new TextDecoder(encoding, { fatal: true });
  }

  write(chunk: Buffer): string {
    const text = this.decode(chunk, true);
    this.offset += chunk.length;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) this.line += 1;
    this.tail = Buffer.concat([this.tail, chunk.subarray(-3)]).subarray(-3);
    return text;
  }

  end(): string {
    return this.decode(Buffer.alloc(0), false);
  }

  // As a stream even when the text is whole: otherwise Node 20 to 24 take windows-1252 for ISO 8859-1
  // (nodejs/node#56542).
  private decode(chunk: Buffer, stream: boolean): string {
    try {
      return this.decoder.decode(chunk, { stream });
    } catch {
      throw this.encoding === 'utf-8'
        ? this.badUtf8(chunk)
        : new ImportRefusedError('invalid-encoding', `not valid ${this.encoding} text`);
    }
  }

  private badUtf8(chunk: Buffer): ImportRefusedError {
    // Leading continuation bytes end a character that was decoded with an earlier piece.
    const start = this.tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
    const tail = start === -1 ? Buffer.alloc(0) : this.tail.subarray(start);
    const bytes = Buffer.concat([tail, chunk]);
    const repaired = Buffer.from(bytes.toString('utf8'));
    const bad = bytes.findIndex((byte, index) => byte !== repaired[index]);
    const offset = this.offset - tail.length + bad;
    const line =
      this.line + bytes.subarray(tail.length, Math.max(bad, tail.length)).filter((byte) => byte === NEWLINE).length;
    return new ImportRefusedError(
      'invalid-encoding',
      `not valid UTF-8 text: line ${line}, byte ${offset}; save the file as UTF-8`,
      line,
    );
  }
}

/** Decodes a whole text: UTF-16 with a byte order mark, else UTF-8. Throws as TextStreamDecoder does. */
export function decodeText(bytes: Buffer): string {
  const decoder = new TextStreamDecoder(bomEncoding(bytes) ?? 'utf-8');
  return decoder.write(bytes) + decoder.end();
}
