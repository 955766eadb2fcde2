import { Readable } from 'node:stream';
import { ProblemError } from '../../common/problem';
import { type ChangeCursor, encodeChangeCursor } from '../changes/change-cursor';
import type { ChangeHead, FeedStep } from '../changes/changes.service';

/** How long a client is to wait before it comes back, in milliseconds. */
const RETRY_MS = 3_000;

const HEARTBEAT = ':\n\n';

export interface EventSource {
  userId: string;
  /** The next changes after a cursor. */
  read(from: ChangeCursor): Promise<FeedStep>;
  /** After how long without an event a comment is sent, in milliseconds. */
  heartbeatMs: number;
}

/**
 * The feed of one user from a cursor on, as `text/event-stream` (HTML, 9.2). It reads on when it is woken, and only while its reader takes what there is: one that is slow lags
 * behind in the feed, not in memory. One that takes nothing at all is cut off by the server's timeout of silent connections.
 */
export class EventStream extends Readable {
  private isWanted = false;
  private isReading = false;
  private isBehind = false;
  private isOver = false;
  private readonly heartbeat: NodeJS.Timeout;

  /** @param cursor where it begins */
  constructor(
    private readonly source: EventSource,
    private cursor: ChangeCursor,
    first: FeedStep,
  ) {
    super();
    this.heartbeat = setTimeout(() => this.beat(), source.heartbeatMs).unref();
    // A block without data is no event, but its id counts: whoever is cut off before the first event goes on from here.
    this.push(`retry: ${RETRY_MS}\nid: ${encodeChangeCursor(source.userId, cursor)}\n\n`);
    this.show(first);
  }

  /** There may be more; not so where the feed is known to end (`end`) where the stream is. One that ends before that is not the same any more (a restored backup): reading it says so. */
  wake(end?: number): void {
    if (end !== this.cursor.seq) this.isBehind = true;
    this.proceed();
  }

  /** Ends it after what its reader has been given; at once where the reader does not keep up. The client resumes. */
  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.isWanted) this.push(null);
    else this.destroy();
  }

  override _read(): void {
    this.isWanted = true;
    this.proceed();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.isOver = true;
    clearTimeout(this.heartbeat);
    done(error);
  }

  private proceed(): void {
    if (!this.isWanted || !this.isBehind || this.isReading || this.isOver) return;
    this.isReading = true;
    // Whatever wakes it from now on may come too late for what is read now.
    this.isBehind = false;
    void this.source
      .read(this.cursor)
      .then(
        (step) => this.show(step),
        (error: unknown) => this.onFailure(error),
      )
      .finally(() => {
        this.isReading = false;
        this.proceed();
      });
  }

  private show({ changes, next, hasMore }: FeedStep): void {
    // At the end of the feed nothing before it matters: then streams of a user that have come there are at the same cursor.
    this.cursor = hasMore ? next : { seq: next.seq, began: next.seq };
    if (hasMore) this.isBehind = true;
    if (changes.length > 0) this.say(changes.map((change) => this.eventOf(change, next)).join(''));
  }

  /** Its cursor is good no more: the answer to the client's next request says why. Else the database is away, and the stream is woken again. */
  private onFailure(error: unknown): void {
    if (error instanceof ProblemError) this.finish();
  }

  private beat(): void {
    if (this.isWanted) this.say(HEARTBEAT);
    else this.heartbeat.refresh();
  }

  private say(text: string): void {
    if (this.isOver) return;
    this.isWanted = false;
    this.heartbeat.refresh();
    this.push(text);
  }

  private eventOf(change: ChangeHead, { began }: ChangeCursor): string {
    const id = encodeChangeCursor(this.source.userId, { seq: change.seq, began });
    return `id: ${id}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
  }
}
