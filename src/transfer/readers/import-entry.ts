/** A note as an uploaded file gives it, cleaned, but not yet checked against what the user already has. */
export interface ImportedNote {
  /** One line of at most 500 code points. */
  title: string | null;
  /** Markdown with LF line ends and no control characters. */
  body: string | null;
  /** An http or https address of at most 2,048 characters, as written in the file. */
  url: string | null;
  /** Unique without case, at most 100 code points each, without commas. */
  tags: string[];
  /** Names of the folders that it is in, from the outside in: names that notebooks may have. */
  folders: string[];
  createdAt: Date | null;
  updatedAt: Date | null;
  pinned: boolean;
  archived: boolean;
  /** When, if that is known. */
  archivedAt?: Date;
  /** A primary language subtag, where the file says which. */
  language?: string;
  /** The uploaded file's name, or the path inside the zip. */
  file: string;
  /** 1-based line of the bookmark; null where the whole file is the note. */
  line: number | null;
}

export interface ImportProblem {
  file: string;
  line: number | null;
  detail: string;
}

/** A problem means that this entry was refused; the rest goes on. */
export type ImportEntry = { note: ImportedNote } | { problem: ImportProblem };

export const IMPORT_FORMATS = ['auto', 'markdown', 'netscape'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];
export type FoundFormat = Exclude<ImportFormat, 'auto'>;

export interface ImportSource {
  /** Where the upload lies on disk. */
  path: string;
  /** The name that the user gave it. */
  fileName: string;
  format: ImportFormat;
}

export interface ImportLimits {
  /** Bytes of UTF-8 in one body. */
  maxNoteBytes: number;
  /** Files and directories in a zip. */
  maxEntries: number;
  /** Bytes of all files of a zip together, once expanded. */
  maxExpandedBytes: number;
  /** Expanded bytes to bytes of the zip, asked of a zip that expands to more than 10 MiB. */
  maxCompressionRatio: number;
  /** Tags on one note. */
  maxTags: number;
}

export type ImportRefusal =
  | 'unsupported-type'
  | 'zip-bomb'
  | 'zip-unsafe-path'
  | 'zip-damaged'
  | 'zip-encrypted'
  | 'invalid-encoding'
  | 'too-large'
  | 'empty';

/** The uploaded file cannot be imported as a whole; the message says what to change. */
export class ImportRefusedError extends Error {
  override readonly name = 'ImportRefusedError';

  constructor(
    readonly code: ImportRefusal,
    detail: string,
    readonly line: number | null = null,
  ) {
    super(detail);
  }
}
