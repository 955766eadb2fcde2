import type { AuthenticatedUser } from '../../common/current-user';
import type { ChangeCursor } from '../changes/change-cursor';
import type { FeedStep } from '../changes/changes.service';
import type { EventStream } from './event-stream';

export type ReadFeed = (from: ChangeCursor) => Promise<FeedStep>;

/** A place among the streams of a user, taken before its stream is there. */
export class Place {
  stream?: EventStream;

  constructor(
    readonly user: AuthenticatedUser,
    readonly feed: UserFeed,
    /** Gives the place back; a second time changes nothing. */
    readonly leave: () => void,
  ) {}

  /** From now on the place is that of a stream, until it is closed. */
  hold(stream: EventStream): EventStream {
    this.stream = stream.once('close', this.leave);
    return stream;
  }
}

/** The streams of one user in this process. Those that are woken at the same cursor read on with one query. */
export class UserFeed {
  readonly places = new Set<Place>();
  private reads = new Map<string, Promise<FeedStep>>();

  constructor(private readonly readOn: ReadFeed) {}

  readonly read: ReadFeed = (from) => {
    const { reads } = this;
    const key = `${from.seq} ${from.began}`;
    const shared = reads.get(key) ?? this.readOn(from).finally(() => reads.delete(key));
    reads.set(key, shared);
    return shared;
  };

  /** There may be more; `end` is where the feed ends, if that is known. */
  wake(end?: number): void {
    // What is being read was asked for before, and may be without it: nobody joins that any more.
    this.reads = new Map();
    for (const { stream } of this.places) stream?.wake(end);
  }
}
