import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { Entry, getFileNameLowLevel, openPromise, ZipFile } from 'yauzl';
import { ImportLimits, ImportRefusedError } from './import-entry';

/** A file in a zip that is worth a word: not a directory, not hidden, not a side file of macOS. */
export interface ZipMember {
  /** With `/`, without `.` segments. */
  path: string;
  isSymlink: boolean;
  /** Bytes when expanded, as the directory says. */
  size: number;
  modifiedAt: Date | null;
  entry: Entry;
}

const RATIO_FROM_BYTES = 10 * 1024 * 1024;
const UTF8_NAME = 0x800;
const CENTRAL_HEADER = 0x02014b50;
const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
/** 1980-01-01 is where the clock of MS-DOS begins, and what a zip says that has no times. */
const FIRST_TIME = Date.UTC(1980, 0, 2);

/**
 * A zip that nobody trusts (APPNOTE 6.3.10). Its directory is read one entry at a time, its files as streams, and never
 * is anything written to disk. Open it with `open`, and close it.
 */
export class ZipArchive {
  private constructor(
    private readonly path: string,
    private readonly zip: ZipFile,
    private readonly limits: ImportLimits,
  ) {}

  /** Throws ImportRefusedError('zip-damaged') when this is no readable zip. */
  static async open(path: string, limits: ImportLimits): Promise<ZipArchive> {
    const options = { decodeStrings: false, validateEntrySizes: false, autoClose: false };
    return new ZipArchive(path, await openPromise(path, options).catch(rethrow), limits);
  }

  close(): void {
    this.zip.close();
  }

  /**
   * The files in the order of the directory; may be called once. Throws ImportRefusedError when the zip as a whole is
   * refused: unsafe names, encryption, more entries or bytes than allowed, a damaged directory.
   */
  async *members(): AsyncGenerator<ZipMember> {
    const { maxEntries } = this.limits;
    if (this.zip.entryCount > maxEntries) {
      throw new ImportRefusedError('too-large', `the zip has more than ${maxEntries} files`);
    }
    let expanded = 0;
    try {
      for await (const entry of this.zip.eachEntry()) {
        const name = nameOf(entry);
        refuseUnsafeName(name);
        if (entry.isEncrypted()) throw new ImportRefusedError('zip-encrypted', `the zip is encrypted: ${name}`);
        expanded += entry.uncompressedSize;
        this.refuseBomb(expanded);
        const segments = name.split('/').filter((segment) => segment !== '.' && segment !== '');
        if (isVisible(name, segments)) yield memberOf(entry, segments.join('/'));
      }
    } catch (error) {
      rethrow(error);
    }
    await this.refuseHiddenEntries();
  }

  /**
   * A file's bytes. Throws ImportRefusedError('zip-damaged') when this file cannot be expanded or fails its checksum, and
   * ('zip-bomb') when it expands to more than the directory says, for then the limits were tested on a lie.
   */
  async *read({ entry, path, size }: ZipMember): AsyncGenerator<Buffer> {
    let bytes = 0;
    let checksum = 0;
    try {
      for await (const chunk of await this.expand(entry)) {
        bytes += chunk.length;
        checksum = crc32(chunk, checksum);
        if (bytes > size) {
          throw new ImportRefusedError('zip-bomb', `${path} expands to more than the ${size} bytes that the zip says`);
        }
        yield chunk;
      }
    } catch (error) {
      rethrow(error);
    }
    if (bytes !== size || checksum !== entry.crc32) {
      throw new ImportRefusedError('zip-damaged', `damaged in the zip: ${bytes} of ${size} bytes, or a wrong checksum`);
    }
  }

  /** Not left to yauzl, which does not close what inflates when a file is not read to its end. */
  private async expand(entry: Entry): Promise<AsyncIterable<Buffer>> {
    if (!entry.canDecodeFileData()) throw new Error(`unsupported compression method ${entry.compressionMethod}`);
    const stored = await this.zip.openReadStreamPromise(entry, { decodeFileData: false });
    // The reader of the result gets its errors too.
    return entry.isCompressed() ? pipeline(stored, createInflateRaw(), () => undefined) : stored;
  }

  private refuseBomb(expanded: number): void {
    const { maxExpandedBytes, maxCompressionRatio } = this.limits;
    if (expanded > maxExpandedBytes) {
      throw new ImportRefusedError('zip-bomb', `the zip expands to more than ${maxExpandedBytes} bytes`);
    }
    if (expanded > RATIO_FROM_BYTES && expanded > this.zip.fileSize * maxCompressionRatio) {
      throw new ImportRefusedError('zip-bomb', `the zip expands to more than ${maxCompressionRatio} times its size`);
    }
  }

  /** Some programs count entries modulo 65,536; what lies behind the count must not be lost in silence. */
  private async refuseHiddenEntries(): Promise<void> {
    const file = await open(this.path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, Number(this.zip.readEntryCursor));
      if (bytesRead === 4 && buffer.readUInt32LE() === CENTRAL_HEADER) {
        throw new ImportRefusedError('zip-damaged', 'the zip has more files than its directory counts');
      }
    } finally {
      await file.close();
    }
  }
}

/** Programs on macOS write UTF-8 without saying so; bytes above 127 that are valid UTF-8 are hardly ever code page 437. */
function nameOf(entry: Entry): string {
  const flags = isUtf8(entry.fileNameRaw) ? entry.generalPurposeBitFlag | UTF8_NAME : entry.generalPurposeBitFlag;
  return getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false).normalize('NFC');
}

function refuseUnsafeName(name: string): void {
  if (/^(?:\/|[a-z]:)/i.test(name) || name.includes('\0') || name.split('/').includes('..')) {
    throw new ImportRefusedError('zip-unsafe-path', `the zip holds an unsafe path: ${name.replaceAll('\0', '\\0')}`);
  }
}

function isVisible(name: string, segments: string[]): boolean {
  return !name.endsWith('/') && segments[0] !== '__MACOSX' && !segments.some((segment) => segment.startsWith('.'));
}

function memberOf(entry: Entry, path: string): ZipMember {
  const modified = entry.getLastModDate({ timezone: 'UTC' });
  return {
    path,
    isSymlink: ((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK,
    size: entry.uncompressedSize,
    modifiedAt: modified.getTime() >= FIRST_TIME ? modified : null,
    entry,
  };
}

/** A fault of the disk stays what it is, so that the import is tried again; all else is the zip's. */
function rethrow(error: unknown): never {
  if (error instanceof ImportRefusedError || (error instanceof Error && 'syscall' in error)) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  if (/encrypt/i.test(reason)) throw new ImportRefusedError('zip-encrypted', 'the zip is encrypted');
  throw new ImportRefusedError('zip-damaged', `damaged zip: ${reason}`);
}
