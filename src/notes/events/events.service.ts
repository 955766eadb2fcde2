import { Injectable } from '@nestjs/common';
import type { AuthenticatedUser } from '../../common/current-user';
import { Config } from '../../config/config';
import { decodeChangeCursor } from '../changes/change-cursor';
import { ChangesService } from '../changes/changes.service';
import { EventStream } from './event-stream';
import { EventStreams } from './event-streams';

/** Shorter than proxies wait by default (60 s). */
const HEARTBEAT_MS = 20_000;

/** Streams of a user's feed of changes. */
@Injectable()
export class EventsService {
  private readonly heartbeatMs: number;

  constructor(
    private readonly changes: ChangesService,
    private readonly streams: EventStreams,
    config: Config,
  ) {
    // A connection that is silent for twice that time is cut off.
    this.heartbeatMs = Math.min(HEARTBEAT_MS, config.REQUEST_TIMEOUT_MS / 2);
  }

  /**
   * The changes after a cursor, or from now on.
   * @throws MalformedRequestError when the cursor is not of this feed; CursorExpiredError; ProblemError 429 `too-many-streams`, 503 during shutdown.
   */
  async open(user: AuthenticatedUser, since: string | undefined): Promise<EventStream> {
    const from = since === undefined ? undefined : decodeChangeCursor(user.id, since);
    const place = this.streams.take(user);
    try {
      // First, so that what is written after the first read wakes the stream.
      await this.streams.watch([user.id]);
      const cursor = from ?? (await this.changes.end(user.id));
      const first = await place.feed.read(cursor);
      const { heartbeatMs } = this;
      const source = { userId: user.id, read: place.feed.read, heartbeatMs };
      this.streams.requireRunning();
      return place.hold(new EventStream(source, cursor, first));
    } catch (error) {
      place.leave();
      throw error;
    }
  }
}
