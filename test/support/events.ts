import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { Change } from './changes';
import type { Client } from './client';
import { eventually } from './eventually';

export const EVENTS = '/api/v1/events';

export type Event = Pick<Change, 'seq' | 'type' | 'id' | 'deleted' | 'changedAt'>;

export interface EventsOptions {
  since?: string;
  lastEventId?: string;
}

/** A reader of `GET /events` that does what a browser's EventSource does (HTML, 9.2.6), but does not come back by itself. */
export class EventReader {
  readonly events: Event[] = [];
  heartbeats = 0;
  /** Of the last block that had one. */
  lastEventId = '';
  /** How it ended, once it has. */
  end?: 'ended' | 'cut off';
  private rest = '';

  private constructor(readonly response: IncomingMessage) {}

  /** On a connection of its own. @throws Error when the answer is no stream. */
  static async open(client: Client, token: string, { since, lastEventId }: EventsOptions = {}): Promise<EventReader> {
    const headers = { authorization: `Bearer ${token}`, ...(lastEventId && { 'last-event-id': lastEventId }) };
    const query = since === undefined ? '' : `?since=${since}`;
    const request = get(client.url + EVENTS + query, { headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`No stream: ${response.statusCode} ${await textOf(response)}`);
    const reader = new EventReader(response);
    void reader.read();
    await eventually('The beginning of the stream', () => (reader.lastEventId === '' ? undefined : true));
    return reader;
  }

  leave(): void {
    this.response.destroy();
  }

  /** The first events, once there are so many. */
  async first(count: number): Promise<Event[]> {
    await eventually(`Event ${count}`, () => (this.events.length >= count ? true : undefined));
    return this.events.slice(0, count);
  }

  /** How it ends. */
  ended(): Promise<string> {
    return eventually('The end of the stream', () => this.end);
  }

  private async read(): Promise<void> {
    try {
      for await (const chunk of this.response.setEncoding('utf8')) {
        this.rest += String(chunk);
        const blocks = this.rest.split('\n\n');
        this.rest = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
      this.end = 'ended';
    } catch {
      this.end = 'cut off';
    }
  }

  private take(block: string): void {
    for (const line of block.split('\n')) {
      const [, name, value = ''] = /^(\w*): ?(.*)$/.exec(line) ?? [];
      if (name === '') this.heartbeats += 1;
      if (name === 'id') this.lastEventId = value;
      if (name === 'data') this.events.push(JSON.parse(value) as Event);
    }
  }
}
