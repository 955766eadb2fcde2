import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tooLarge } from './build-note';
import { TextStreamDecoder } from './decode-text';
import { detectType, FileHead, readHead } from './detect-format';
import { FoundFormat, ImportEntry, ImportLimits, ImportRefusedError, ImportSource } from './import-entry';
import { maxMarkdownBytes, readMarkdown } from './markdown-reader';
import { readBookmarksFile } from './netscape-reader';
import { inspectZip, readZip } from './zip-reader';

export interface ImportCheck {
  format: FoundFormat;
  container: 'zip' | 'file';
  /** How many entries `readImport` will give; null where only reading it all would tell. */
  entries: number | null;
}

/**
 * The cheap check made at upload: what the content is, the directory of a zip (not its files), the encoding of the first
 * 64 KiB. Throws ImportRefusedError.
 */
export async function checkImport(source: ImportSource, limits: ImportLimits): Promise<ImportCheck> {
  const head = await readHead(source.path);
  const type = detectType(head, source);
  if (type.container === 'zip') {
    const { format, files } = await inspectZip(source, limits);
    return { format, container: 'zip', entries: format === 'markdown' ? files : null };
  }
  const { format, encoding } = type;
  const decoder = new TextStreamDecoder(encoding);
  decoder.write(head.bytes);
  if (head.size === head.bytes.length) decoder.end();
  if (format === 'markdown') refuseTooLarge(head, limits);
  return { format, container: 'file', entries: format === 'markdown' ? 1 : null };
}

/**
 * Reads an upload entry by entry. The same file gives the same entries in the same order, so that an import goes on after
 * a crash by skipping those it has done. No more is read than the caller takes: one piece of a bookmarks file, or one
 * file of a zip, is in memory at a time. Throws ImportRefusedError for a file that is refused whole; that is before the
 * first entry, save for a zip whose directory lies about sizes.
 */
export async function* readImport(source: ImportSource, limits: ImportLimits): AsyncGenerator<ImportEntry> {
  const head = await readHead(source.path);
  const type = detectType(head, source);
  if (type.container === 'zip') yield* readZip(source, limits);
  else if (type.format === 'netscape') {
    yield* readBookmarksFile(() => createReadStream(source.path), type.encoding, source.fileName, limits);
  } else yield await readMarkdownFile(source, head, limits);
}

async function readMarkdownFile(source: ImportSource, head: FileHead, limits: ImportLimits): Promise<ImportEntry> {
  refuseTooLarge(head, limits);
  const bytes = await readFile(source.path);
  return readMarkdown({ bytes, file: source.fileName, folders: [], modifiedAt: null }, limits);
}

function refuseTooLarge({ size }: FileHead, limits: ImportLimits): void {
  if (size > maxMarkdownBytes(limits)) throw new ImportRefusedError('too-large', tooLarge(size, limits));
}
