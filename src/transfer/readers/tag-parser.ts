import { Parser } from 'htmlparser2';
import { ImportRefusedError } from './import-entry';

export interface TagHandler {
  /** A start tag; names in lower case, values decoded; `line` is that of its `<`, from 1. */
  onOpen(name: string, attributes: Record<string, string>, line: number): void;
  onClose(name: string): void;
  /** Decoded text; one text may come in several pieces. */
  onText(text: string): void;
}

/** Bookmarks carry their icons as data addresses, some 100 KiB long; a longer tag or comment is no bookmarks file. */
const MAX_TAG_LENGTH = 8 * 1024 * 1024;

/**
 * Reports the tags of an HTML file as they stand, in pieces of any size. It keeps no tree, since bookmarks files do not
 * close what they open: depth costs neither time nor memory, and nothing is closed that was not closed in the file.
 */
export class TagParser {
  private readonly parser: FlatParser;
  private chunk = '';
  private chunkStart = 0;
  /** Where the next line end not yet counted is in the chunk. */
  private nextBreak = -1;
  private line = 1;
  private lastEvent = 0;
  /** Where the start tag began that has not ended yet. */
  private tagLine: number | null = null;

  constructor(handler: TagHandler) {
    const seen = (): void => {
      this.lastEvent = this.parser.endIndex;
    };
    this.parser = new FlatParser(
      {
        // The name cannot hold a line end, so its end is on the line of its start.
        onopentagname: () => {
          this.countLines(this.parser.endIndex);
          this.tagLine = this.line;
        },
        onopentag: (name, attributes) => {
          seen();
          const line = this.tagLine ?? this.line;
          this.tagLine = null;
          handler.onOpen(name, attributes, line);
        },
        ontext: (text) => {
          seen();
          handler.onText(text);
        },
        oncomment: seen,
      },
      (name) => {
        seen();
        handler.onClose(name);
      },
    );
  }

  /** Throws ImportRefusedError('too-large') at a tag or a comment of more than 8 Mi characters. */
  write(chunk: string): void {
    this.chunk = chunk;
    this.nextBreak = chunk.indexOf('\n');
    this.parser.write(chunk);
    this.countLines(this.chunkStart + chunk.length);
    this.chunkStart += chunk.length;
    if (this.chunkStart - this.lastEvent > MAX_TAG_LENGTH) {
      throw new ImportRefusedError('too-large', `a tag or a comment before line ${this.line} does not end`, this.line);
    }
  }

  /** Returns the line of the start tag that the end of the file cut off; null when there is none. */
  end(): number | null {
    this.parser.end();
    return this.tagLine;
  }

  private countLines(end: number): void {
    while (this.nextBreak !== -1 && this.nextBreak < end - this.chunkStart) {
      this.line += 1;
      this.nextBreak = this.chunk.indexOf('\n', this.nextBreak + 1);
    }
  }
}

/**
 * htmlparser2 keeps a stack of open elements, to which a file of unclosed tags adds without end, and skips to the end tag
 * after `<script>`, `<title>` and their like, with which a badly escaped title would swallow all that follows.
 */
class FlatParser extends Parser {
  private closing = false;

  constructor(
    handler: ConstructorParameters<typeof Parser>[0],
    private readonly onClose: (name: string) => void,
  ) {
    super(handler, { lowerCaseTags: true, lowerCaseAttributeNames: true, decodeEntities: true });
  }

  /** Every tag is taken as void, so that none is put on the stack; asked about an end tag, it reports that. */
  protected override isVoidElement(name: string): boolean {
    if (this.closing) this.onClose(name);
    return true;
  }

  override onclosetag(start: number, endIndex: number): void {
    this.closing = true;
    super.onclosetag(start, endIndex);
    this.closing = false;
  }

  /** Foreign content (SVG) knows no tags whose content is raw text. */
  override isInForeignContext(): boolean {
    return true;
  }
}
