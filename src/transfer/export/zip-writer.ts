import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** What the clock of a zip can tell (APPNOTE 6.3.10, 4.4.6). */
const FIRST_TIME = Date.UTC(1980, 0, 2);
const LAST_TIME = Date.UTC(2037, 11, 31);

/** Writes a zip to `output` as fast as that is read: one piece of one file is in memory at a time, and the directory. */
export class ZipWriter {
  private readonly zip = new ZipFile();
  private readonly closed = new AbortController();

  constructor() {
    this.zip.on('error', (error: Error) => this.fail(error));
    // Whoever reads may give up, say for lack of room: then nobody takes what is added.
    this.output.once('close', () => this.closed.abort());
  }

  get output(): Readable {
    return this.zip.outputStream as Readable;
  }

  /** Adds a file; resolves when the zip is ready for the next one. @throws Error when the content cannot be read, or the zip cannot be written. */
  async add(path: string, content: Iterable<string> | AsyncIterable<string>, modifiedAt = new Date()): Promise<void> {
    const stream = Readable.from(content, { objectMode: false });
    const time = Math.min(Math.max(modifiedAt.getTime(), FIRST_TIME), LAST_TIME);
    this.zip.addReadStream(stream, path, { mtime: new Date(time) });
    await finished(stream, { writable: false, signal: this.closed.signal });
  }

  /** Nothing more comes. */
  end(): void {
    this.zip.end();
  }

  /** What was written is no whole zip: whoever reads it is told. */
  fail(error: unknown): void {
    this.output.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
