import { readOwnMarkdown } from '../own-markdown';
import { buildNote, tooLarge } from './build-note';
import { cleanText } from './clean-text';
import { decodeText } from './decode-text';
import { splitFrontMatter } from './front-matter';
import { ImportEntry, ImportLimits } from './import-entry';

export interface MarkdownFile {
  bytes: Buffer;
  /** The name or the path, for reports and for the title of last resort. */
  file: string;
  /** Names of the folders that the file lies in. */
  folders: string[];
  modifiedAt: Date | null;
}

/** A longer heading is cut for the title anyway, and the patterns below are not for long lines. */
const MAX_HEADING = 1000;
const FRONT_MATTER_BYTES = 4 * 16_384;
const ATX_HEADING = /^ {0,3}#[ \t]+([^\n]*?)(?:[ \t]+#+)?[ \t]*(?:\n|$)/;
const SETEXT_HEADING = /^ {0,3}([^\s#][^\n]*)\n {0,3}=+[ \t]*(?:\n|$)/;

/** The most bytes that a file may have: UTF-16 with CRLF takes four bytes for one of the body. */
export function maxMarkdownBytes(limits: ImportLimits): number {
  return 4 * limits.maxNoteBytes + FRONT_MATTER_BYTES;
}

/**
 * Reads one Markdown file as one note. Throws ImportRefusedError('invalid-encoding') when it is not text.
 * What no field holds of its front matter stays at the top of the body, as front matter.
 * The title is that of the front matter, else a first-level heading at the start of the body, else the file name.
 */
export function readMarkdown({ bytes, file, folders, modifiedAt }: MarkdownFile, limits: ImportLimits): ImportEntry {
  if (bytes.length > maxMarkdownBytes(limits)) {
    return { problem: { file, line: null, detail: tooLarge(bytes.length, limits) } };
  }
  const text = decodeText(bytes);
  const own = readOwnMarkdown(text, file, limits);
  if (own !== null) return { note: own };
  const { fields, kept, body } = splitFrontMatter(cleanText(text));
  return buildNote(
    {
      title: fields?.title ?? headingTitle(body) ?? fileTitle(file),
      body: kept === '' ? body : `---\n${kept}\n---\n\n${body}`,
      url: fields?.url ?? null,
      tags: fields?.tags ?? [],
      folders,
      createdAt: fields?.createdAt ?? null,
      updatedAt: fields?.updatedAt ?? modifiedAt,
      pinned: fields?.pinned ?? false,
      archived: fields?.archived ?? false,
      ...(typeof fields?.language === 'string' && { language: fields.language }),
      file,
      line: null,
    },
    limits,
  );
}

/** The `# heading` that a body begins with (CommonMark 0.31.2, 4.2 and 4.3), as written; null without one. */
function headingTitle(body: string): string | null {
  const start = body.replace(/^(?:[ \t]*\n)+/, '').slice(0, MAX_HEADING);
  return (ATX_HEADING.exec(start) ?? SETEXT_HEADING.exec(start))?.[1]?.trim() || null;
}

function fileTitle(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  return name.replace(/\.(?:md|markdown|txt)$/i, '') || name;
}
