import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { EndedCredentials } from '../../auth/access/ended-credentials';
import type { AuthenticatedUser } from '../../common/current-user';
import { ProblemError, UnavailableError } from '../../common/problem';
import { Config } from '../../config/config';
import { Statements } from '../../database/statements';
import { ChangesService } from '../changes/changes.service';
import { FEED_ENDS, type FeedEnd, WATCH_USERS } from './event-streams.queries';
import { FeedListener } from './feed-listener';
import { Place, UserFeed } from './user-feed';

/** How often the database is asked where feeds end, beside what it says by itself. */
const POLL_MS = 3_000;

/** The most changes that are read at once. */
const STEP = 100;

/**
 * The streams of this process, and what wakes them: notifications of PostgreSQL and, where these do not arrive (PgBouncer, a broken connection), a poll of all users at once.
 * The poll also ends the streams of those whose credential has ended.
 */
@Injectable()
export class EventStreams implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(EventStreams.name);
  private readonly feeds = new Map<string, UserFeed>();
  private open = 0;
  private timer?: NodeJS.Timeout;
  private isPolling = false;
  private isFailing = false;
  private isClosing = false;

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly changes: ChangesService,
    private readonly statements: Statements,
    private readonly credentials: EndedCredentials,
    private readonly listener: FeedListener,
    private readonly config: Config,
  ) {}

  /** The server waits for answers before it closes, and these would never end. */
  onModuleInit(): void {
    this.adapter.httpAdapter.getInstance<FastifyInstance>().addHook('preClose', (done) => {
      this.close();
      done();
    });
  }

  onApplicationShutdown(): void {
    this.close();
  }

  /** @throws ProblemError 429 `too-many-streams`; 503 while the server closes. */
  take(user: AuthenticatedUser): Place {
    this.requireRunning();
    const feed = this.feeds.get(user.id) ?? new UserFeed((from) => this.changes.read(user.id, from, STEP));
    if (feed.places.size >= this.config.EVENT_STREAMS_PER_USER || this.open >= this.config.EVENT_STREAMS)
      throw tooMany(feed.places.size);
    const place = new Place(user, feed, () => this.leave(place));
    this.feeds.set(user.id, feed);
    feed.places.add(place);
    this.open += 1;
    this.listener.start((userId) => this.feeds.get(userId)?.wake());
    this.schedule();
    return place;
  }

  /** @throws ProblemError 503 while the server closes: nothing would end another stream. */
  requireRunning(): void {
    if (this.isClosing) throw new UnavailableError('The server is stopping: try again in a moment');
  }

  /** Has writers tell of what they write to the feeds of these users. */
  async watch(userIds: string[]): Promise<void> {
    await this.statements.run(WATCH_USERS, [userIds]);
  }

  private leave(place: Place): void {
    if (!place.feed.places.delete(place)) return;
    this.open -= 1;
    if (place.feed.places.size === 0) this.feeds.delete(place.user.id);
  }

  private close(): void {
    this.isClosing = true;
    clearTimeout(this.timer);
    this.listener.stop();
    for (const { stream } of this.places()) stream?.finish();
  }

  private places(): Place[] {
    return [...this.feeds.values()].flatMap(({ places }) => Array.from(places));
  }

  /** One poll after the other, while there are streams. */
  private schedule(): void {
    if (this.isPolling) return;
    this.isPolling = true;
    this.timer = setTimeout(() => void this.poll(), POLL_MS).unref();
  }

  private async poll(): Promise<void> {
    try {
      if (this.open > 0) await Promise.all([this.endThoseWhoMayNot(), this.wakeThoseBehind(), this.listener.check()]);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing && !this.isClosing) this.logger.error('Feeds cannot be read; streams of events wait', error);
      this.isFailing = true;
    }
    this.isPolling = false;
    if (this.isClosing) return;
    if (this.open > 0) this.schedule();
    else this.listener.stop();
  }

  private async wakeThoseBehind(): Promise<void> {
    const asked = [...this.feeds.keys()];
    const rows = await this.statements.run<FeedEnd>(FEED_ENDS, [asked]);
    const ends = new Map(rows.map(({ id, feed_seq }) => [id, Number(feed_seq)]));
    // Of an account that is gone, reading on fails and ends the streams.
    for (const id of asked) this.feeds.get(id)?.wake(ends.get(id));
    const forgotten = rows.filter(({ is_watched }) => !is_watched).map(({ id }) => id);
    if (forgotten.length > 0) await this.watch(forgotten);
  }

  private async endThoseWhoMayNot(): Promise<void> {
    const places = this.places();
    const ended = await this.credentials.among(places.map(({ user }) => user));
    for (const { user, stream } of places) if (ended.has(user)) stream?.finish();
  }
}

function tooMany(own: number): ProblemError {
  const detail = `There are too many streams of events open (yours: ${own}): end one, or poll GET /api/v1/changes`;
  return new ProblemError(429, 'too-many-streams', 'Too many streams', detail, { headers: { 'Retry-After': '60' } });
}
