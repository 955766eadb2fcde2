import { open } from 'node:fs/promises';
import { bomEncoding, htmlEncoding } from './decode-text';
import { FoundFormat, ImportFormat, ImportRefusedError, ImportSource } from './import-entry';

export interface FileHead {
  /** The first 64 KiB. */
  bytes: Buffer;
  /** Bytes of the whole file. */
  size: number;
}

export type FoundType = { container: 'zip' } | { container: 'file'; format: FoundFormat; encoding: string };

const HEAD_BYTES = 65_536;
/** As in Git, a file with a NUL this early is no text. */
const BINARY_BYTES = 8000;

const ACCEPTED =
  'a zip of Markdown files, a Markdown file (.md, .markdown, .txt) and a bookmarks file (HTML) are accepted';
const SIGNATURES: [name: string, signature: Buffer][] = [
  ['a PDF', Buffer.from('%PDF')],
  ['a PNG image', Buffer.from('\x89PNG', 'latin1')],
  ['a JPEG image', Buffer.from([0xff, 0xd8, 0xff])],
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['a 7z archive', Buffer.from('7z\xbc\xaf', 'latin1')],
  ['a RAR archive', Buffer.from('Rar!')],
];

export async function readHead(path: string): Promise<FileHead> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, HEAD_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return { bytes: bytes.subarray(0, bytesRead), size };
  } finally {
    await file.close();
  }
}

/**
 * Finds what a file is by its content; the name only decides between texts that could be either.
 * Throws ImportRefusedError: 'empty', 'unsupported-type' (also when the content is not of the format that was asked for).
 */
export function detectType(
  { bytes: head, size }: FileHead,
  { fileName, format: asked }: Omit<ImportSource, 'path'>,
): FoundType {
  if (['PK\x03\x04', 'PK\x05\x06'].includes(head.toString('latin1', 0, 4))) return { container: 'zip' };
  const bom = bomEncoding(head);
  refuseBinary(head, bom);

  const text = new TextDecoder(bom ?? 'latin1').decode(head);
  if (text.trim() === '' && size === head.length) throw new ImportRefusedError('empty', 'the file is empty');
  const format = textFormat(text, fileName, asked);
  if (asked !== 'auto' && format !== asked) {
    throw unsupported(`this is ${NAMES[format]}, not ${NAMES[asked]}: choose the format "${format}" or "auto"`);
  }
  return { container: 'file', format, encoding: format === 'netscape' ? htmlEncoding(head) : (bom ?? 'utf-8') };
}

const NAMES: Record<FoundFormat, string> = { markdown: 'a Markdown or text file', netscape: 'a bookmarks file' };

/** Whether an HTML file has what a bookmarks file has. */
export function isBookmarksFile(text: string): boolean {
  const start = withoutComments(text);
  const isHtml = /^<(?:!doctype|html|head|meta|title|body|dl|dt|ul|h1|h3)\b/i.test(start);
  return (
    isNetscape(start) || (isHtml && /<(?:dt|dl|ul|ol)\b/i.test(start) && /<a\s[^<>]{0,500}?\bhref\s*=/i.test(start))
  );
}

function textFormat(text: string, fileName: string, asked: ImportFormat): FoundFormat {
  const start = withoutComments(text);
  const extension = /\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
  if (isNetscape(start)) return 'netscape';
  // Markdown may begin with HTML and be full of links.
  if (['md', 'markdown'].includes(extension)) return 'markdown';
  if (isBookmarksFile(text)) return 'netscape';
  if (asked === 'markdown') return 'markdown';
  if (/^<(?:!doctype html|html)\b/i.test(start)) throw unsupported('this is a web page without bookmarks');
  if (['txt', ''].includes(extension)) return 'markdown';
  throw unsupported(`a file of type .${extension} cannot be imported`);
}

function isNetscape(start: string): boolean {
  return /^<!doctype\s+netscape-bookmark-file/i.test(start);
}

function withoutComments(text: string): string {
  let start = text.trimStart();
  while (start.startsWith('<!--')) {
    const end = start.indexOf('-->');
    start = end === -1 ? '' : start.slice(end + 3).trimStart();
  }
  return start;
}

function refuseBinary(head: Buffer, bom: string | null): void {
  const known = SIGNATURES.find(([, signature]) => head.subarray(0, signature.length).equals(signature));
  if (known) throw unsupported(`this is ${known[0]}`);
  if (!bom?.startsWith('utf-16') && head.subarray(0, BINARY_BYTES).includes(0))
    throw unsupported('this is a binary file');
}

export function unsupported(what: string): ImportRefusedError {
  return new ImportRefusedError('unsupported-type', `${what}; ${ACCEPTED}`);
}
