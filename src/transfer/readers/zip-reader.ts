import { buffer } from 'node:stream/consumers';
import { isBookmarksFile, unsupported } from './detect-format';
import { htmlEncoding } from './decode-text';
import { FoundFormat, ImportEntry, ImportLimits, ImportRefusedError, ImportSource } from './import-entry';
import { maxMarkdownBytes, readMarkdown } from './markdown-reader';
import { readBookmarksFile } from './netscape-reader';
import { tooLarge } from './build-note';
import { ZipArchive, ZipMember } from './zip-archive';

export interface ZipSummary {
  format: FoundFormat;
  /** Files that give an entry each, be it a problem. */
  files: number;
  /** The folder that holds everything, which says nothing about a note. */
  root: string | null;
}

const HEAD_BYTES = 65_536;
const EXTENSIONS: Record<FoundFormat, RegExp> = { markdown: /\.(?:md|markdown|txt)$/i, netscape: /\.html?$/i };

/** Reads the directory of a zip only. Throws ImportRefusedError when the zip is refused as a whole. */
export async function inspectZip({ path, format: asked }: ImportSource, limits: ImportLimits): Promise<ZipSummary> {
  const zip = await ZipArchive.open(path, limits);
  try {
    let files = 0;
    const roots = new Set<string | null>();
    const found = new Set<FoundFormat>();
    for await (const member of zip.members()) {
      files += 1;
      if (roots.size < 2) roots.add(rootOf(member));
      if (EXTENSIONS.markdown.test(member.path)) found.add('markdown');
      else if (EXTENSIONS.netscape.test(member.path)) found.add('netscape');
    }
    if (files === 0) throw new ImportRefusedError('empty', 'the zip holds no files');
    const [root = null] = roots.size === 1 ? roots : [];
    return { format: chooseFormat(asked, found), files, root };
  } finally {
    zip.close();
  }
}

/** Reads a zip file by file, in the order of its directory. Throws as `inspectZip` does, and at a lying directory. */
export async function* readZip(source: ImportSource, limits: ImportLimits): AsyncGenerator<ImportEntry> {
  const { format, root } = await inspectZip(source, limits);
  const zip = await ZipArchive.open(source.path, limits);
  try {
    for await (const member of zip.members()) {
      try {
        yield* readMember(zip, member, { format, root }, limits);
      } catch (error) {
        yield problemOf(member, error);
      }
    }
  } finally {
    zip.close();
  }
}

function rootOf({ path }: ZipMember): string | null {
  const slash = path.indexOf('/');
  return slash === -1 ? null : path.slice(0, slash);
}

function chooseFormat(asked: ImportSource['format'], found: Set<FoundFormat>): FoundFormat {
  const format = asked !== 'auto' ? asked : found.has('markdown') ? 'markdown' : 'netscape';
  if (found.has(format)) return format;
  if (asked === 'auto') throw unsupported('the zip holds no Markdown file (.md, .markdown, .txt)');
  throw unsupported(
    asked === 'markdown' ? 'the zip holds no Markdown file' : 'the zip holds no bookmarks file (.html)',
  );
}

async function* readMember(
  zip: ZipArchive,
  member: ZipMember,
  { format, root }: Pick<ZipSummary, 'format' | 'root'>,
  limits: ImportLimits,
): AsyncGenerator<ImportEntry> {
  const { path: file, size, modifiedAt } = member;
  if (member.isSymlink) throw new ImportRefusedError('unsupported-type', 'a symbolic link is not followed');
  if (!EXTENSIONS[format].test(file)) throw notWanted(format);
  if (format === 'netscape') {
    yield* readBookmarks(zip, member, limits);
  } else {
    if (size > maxMarkdownBytes(limits)) throw new ImportRefusedError('too-large', tooLarge(size, limits));
    const folders = file.split('/').slice(root === null ? 0 : 1, -1);
    yield readMarkdown({ bytes: await buffer(zip.read(member)), file, folders, modifiedAt }, limits);
  }
}

async function* readBookmarks(zip: ZipArchive, member: ZipMember, limits: ImportLimits): AsyncGenerator<ImportEntry> {
  const head = await headOf(zip.read(member));
  const encoding = htmlEncoding(head);
  if (!isBookmarksFile(new TextDecoder(encoding).decode(head))) throw notWanted('netscape');
  yield* readBookmarksFile(() => zip.read(member), encoding, member.path, limits);
}

async function headOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const head: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    head.push(chunk);
    bytes += chunk.length;
    if (bytes >= HEAD_BYTES) break;
  }
  return Buffer.concat(head);
}

function notWanted(format: FoundFormat): ImportRefusedError {
  return new ImportRefusedError(
    'unsupported-type',
    format === 'markdown' ? 'not a Markdown file' : 'not a bookmarks file',
  );
}

/** What is wrong with one file leaves the others alone; what is wrong with the zip, or the disk, ends the import. */
function problemOf({ path: file }: ZipMember, error: unknown): ImportEntry {
  if (!(error instanceof ImportRefusedError) || error.code === 'zip-bomb') throw error;
  return { problem: { file, line: error.line, detail: error.message } };
}
