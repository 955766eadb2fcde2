import { BookmarkCollector } from './bookmark-collector';
import { TextStreamDecoder } from './decode-text';
import { ImportEntry, ImportLimits } from './import-entry';
import { TagParser } from './tag-parser';

/**
 * Reads a bookmarks file (the Netscape bookmark file format as browsers and bookmark services write it, and Pocket's
 * list) piece by piece: no more is read than the caller takes. Throws ImportRefusedError when the text cannot be decoded.
 */
export async function* readNetscape(
  chunks: AsyncIterable<Buffer>,
  encoding: string,
  file: string,
  limits: ImportLimits,
): AsyncGenerator<ImportEntry> {
  const decoder = new TextStreamDecoder(encoding);
  const collector = new BookmarkCollector(file, limits);
  const parser = new TagParser(collector);
  for await (const chunk of chunks) {
    parser.write(decoder.write(chunk));
    yield* collector.take();
  }
  parser.write(decoder.end());
  const cutOff = parser.end();
  collector.finish();
  yield* collector.take();
  if (cutOff !== null) yield { problem: { file, line: cutOff, detail: 'the file ends in the middle of a tag' } };
}

/**
 * Reads a bookmarks file that can be opened twice: it is decoded once before its first bookmark is given, or a bad byte
 * would leave half an import behind.
 */
export async function* readBookmarksFile(
  open: () => AsyncIterable<Buffer>,
  encoding: string,
  file: string,
  limits: ImportLimits,
): AsyncGenerator<ImportEntry> {
  const decoder = new TextStreamDecoder(encoding);
  for await (const chunk of open()) decoder.write(chunk);
  decoder.end();
  yield* readNetscape(open(), encoding, file, limits);
}
