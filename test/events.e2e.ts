import { get } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { Client as PgClient } from 'pg';
import { pino } from 'pino';
import { ChangesService } from '../src/notes/changes/changes.service';
import { makeAccessToken } from './support/access-tokens';
import { AUTH } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import { Feed } from './support/changes';
import { query } from './support/database';
import { EventReader, EVENTS, type EventsOptions } from './support/events';
import { eventually } from './support/eventually';
import { Notes } from './support/notes';
import { expectProblem } from './support/problems';
import { TcpProxy } from './support/tcp-proxy';

/** A server, and another one whose way to the database can be cut. */
let server: TestApp;
let other: TestApp;
let proxy: TcpProxy;
let notes: Notes;
let quiet: EventReader;
let readers: EventReader[];
const lines: { msg: string; route?: string; status?: number }[] = [];

const sql = (text: string, values: unknown[] = []) => query<Record<string, unknown>>(server.databaseUrl, text, values);
const stream = async (app: TestApp, options?: EventsOptions, token = notes.user.token): Promise<EventReader> => {
  const reader = await EventReader.open(app.client, token, options);
  readers.push(reader);
  return reader;
};
const ask = (app: TestApp, path = EVENTS, token = notes.user.token, headers?: Record<string, string>) =>
  app.client.get<never>(path, { token, headers });

beforeAll(async () => {
  server = await startTestApp({
    environment: { EVENT_STREAMS_PER_USER: '3', EVENT_STREAMS: '6' },
  });
  proxy = await TcpProxy.start(server.databaseUrl);
  other = await startReplica({
    databaseUrl: proxy.url,
    dataDir: server.dataDir,
    // Two heartbeats a second; a connection that is silent for 2 s is cut off.
    environment: { REQUEST_TIMEOUT_MS: '1000', WORKER: 'off' },
    logger: pino(
      { level: 'info' },
      { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[0]) },
    ),
  });
  quiet = await EventReader.open(other.client, (await server.client.signUp()).token);
});

afterAll(async () => {
  await other.close();
  await proxy.close();
  await server.close();
});

beforeEach(async () => {
  readers = [];
  notes = await Notes.signUp(server.client);
});

afterEach(() => readers.forEach((reader) => reader.leave()));

describe('a stream of events', () => {
  it('says what changes from now on, whichever server is written to, as the feed does', async () => {
    await notes.create({ title: 'Before' });
    const feed = new Feed(server.client, notes.user);
    const { cursor } = await feed.read();
    const [here, there] = [await stream(server), await stream(other)];
    const note = await notes.create({ title: 'One', tags: ['x'] });
    await server.client.delete(`/api/v1/notes/${note.id}`, { token: notes.user.token });
    for (const reader of [here, there]) {
      await eventually('The deletion', () => (reader.events.at(-1)?.seq === 4 ? true : undefined));
      expect(reader.response.headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-request-id': expect.any(String) as string,
      });
    }
    const { changes } = await feed.read(cursor);
    const heads = changes.map(({ seq, type, id, deleted, changedAt }) => ({ seq, type, id, deleted, changedAt }));
    expect(there.events).toHaveLength(3);
    expect(there.events.filter(({ seq }) => heads.some((head) => head.seq === seq))).toEqual(heads);
    expect((await feed.read(there.lastEventId)).changes).toEqual([]);
    here.leave();
    there.leave();
    await eventually('The line of the log', () =>
      lines.find(({ route, msg }) => msg === 'request' && route === EVENTS),
    );
    expect(lines.find(({ route }) => route === EVENTS)?.status).toBe(200);
  });

  it('resumes where another one was left, by Last-Event-ID or by since, of which the first counts', async () => {
    const { page } = await new Feed(server.client, notes.user).page();
    const first = await stream(server);
    await notes.create({ title: 'One' });
    await first.first(1);
    first.leave();
    for (const title of ['Two', 'Three']) await notes.create({ title });
    const seqs = async (options: EventsOptions, count: number): Promise<number[]> => {
      const reader = await stream(other, options);
      const events = await reader.first(count);
      reader.leave();
      return events.map(({ seq }) => seq);
    };
    expect(await seqs({ since: page.nextCursor }, 3)).toEqual([1, 2, 3]);
    expect(await seqs({ since: page.nextCursor, lastEventId: first.lastEventId }, 2)).toEqual([2, 3]);
  });

  it('is refused with a problem, before it begins, where the feed is', async () => {
    const { token } = await server.client.signUp();
    const { page } = await new Feed(server.client, notes.user).page();
    await notes.create({ title: 'One' });
    expectProblem(
      await ask(server, EVENTS, token, { 'last-event-id': page.nextCursor }),
      400,
      'malformed-request',
      EVENTS,
    );
    expectProblem(await ask(server, `${EVENTS}?types=note`), 400, 'validation-failed', EVENTS, ['errors']);
    await sql(`update users set changes_floor = 1 where id = $1`, [notes.user.userId]);
    const refused = await ask(server, `${EVENTS}?since=${page.nextCursor}`);
    expectProblem(refused, 410, 'cursor-expired', EVENTS);
    const writer = await makeAccessToken(server.client, notes.user, { scopes: ['notes:write'] });
    expectProblem(await ask(server, EVENTS, writer.token), 403, 'insufficient-scope', EVENTS, ['scope']);
  });

  it('is one of so many of a user and of a server; one that was left makes room', async () => {
    const { token } = await server.client.signUp();
    for (let i = 0; i < 4; i += 1) {
      // Until the server has noticed that a hasty one is gone, it has its place.
      await eventually('An answer without a stream', async () => {
        const { status } = await server.client.request('HEAD', EVENTS, { token: notes.user.token });
        return status === 200 ? true : undefined;
      });
      const hasty = get(server.client.url + EVENTS, { headers: { authorization: `Bearer ${notes.user.token}` } });
      hasty.on('error', () => undefined).on('finish', () => setImmediate(() => hasty.destroy()));
    }
    for (let i = 0; i < 3; i += 1) await eventually('A stream', () => stream(server).catch(() => undefined));
    const read = jest.spyOn(server.app.get(ChangesService, { strict: false }), 'read');
    await notes.create({ title: 'Read once for all' });
    for (const reader of readers) await reader.first(1);
    expect(read.mock.calls.length).toBeLessThan(3);
    const refused = await ask(server);
    expectProblem(refused, 429, 'too-many-streams', EVENTS);
    expect(refused.headers.get('retry-after')).toBe('60');
    for (let i = 0; i < 3; i += 1) await stream(server, {}, token);
    expectProblem(await ask(server, EVENTS, (await server.client.signUp()).token), 429, 'too-many-streams', EVENTS);
    readers[0]?.leave();
    await eventually('Room', () => stream(server).catch(() => undefined));
  });

  it('ends when the session does, and when the access token is revoked or expires', async () => {
    await stream(other);
    const made = [];
    for (let i = 0; i < 3; i += 1) made.push(await makeAccessToken(server.client, notes.user));
    const [, revoked, expiring] = made.map(({ id }) => id);
    await sql(`update access_tokens set expires_at = now() + interval '3 seconds' where id = $1`, [expiring]);
    for (const { token } of made.toReversed()) await stream(other, {}, token);
    await server.client.delete(`/api/v1/access-tokens/${revoked}`, { token: notes.user.token });
    await server.client.post(`${AUTH}/logout`, { token: notes.user.token });
    for (const reader of readers.slice(0, 3)) expect(await reader.ended()).toBe('ended');
    expect(readers.map(({ end }) => end)).toEqual(['ended', 'ended', 'ended', undefined]);
  });
});

describe('what wakes streams', () => {
  const watched = (): Promise<object> =>
    eventually('The user is watched', async () => {
      const [row] = await sql(`select from users where id = $1 and watched_until > now()`, [notes.user.userId]);
      return row;
    });

  it('is told by the database, of users who are watched only', async () => {
    const listener = new PgClient({ connectionString: server.databaseUrl });
    await listener.connect();
    await listener.query('listen commonplace_feed');
    const heard: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => heard.push(payload));
    const reader = await stream(server);
    await watched();
    const unwatched = await Notes.signUp(server.client);
    await unwatched.create({ title: 'Nobody looks' });
    await notes.create({ title: 'Somebody looks' });
    await reader.first(1);
    await eventually('The notification', () => (heard.length > 0 ? true : undefined));
    expect(heard).toEqual([notes.user.userId]);
    await listener.end();
  });

  it('is found within seconds where nothing is told, and told again from then on', async () => {
    const reader = await stream(server);
    await sql(`update users set watched_until = null where id = $1`, [notes.user.userId]);
    await notes.create({ title: 'Unheard' });
    await reader.first(1);
    await watched();
  });
});

describe('nothing is missed and nothing comes twice', () => {
  const write = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await notes.create({ title: 'One' });
  };

  it('when a server loses its database for a while', async () => {
    const reader = await stream(other);
    await write(3);
    await reader.first(3);
    proxy.cut();
    await write(3);
    proxy.restore();
    await write(3);
    expect((await reader.first(9)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(reader.end).toBeUndefined();
  });

  it('when a reader does not keep up: it is cut off, and resumes', async () => {
    const COUNT = 30_000;
    const { page } = await new Feed(server.client, notes.user).page();
    await sql(
      `with feed as (update users set feed_seq = $2 where id = $1)
       insert into changes (user_id, type, entity_id, seq) select $1, 'note', gen_random_uuid(), n from generate_series(1, $2::integer) n`,
      [notes.user.userId, COUNT],
    );
    const { hostname, port } = new URL(other.client.url);
    const socket = connect(Number(port), hostname).pause();
    lines.length = 0;
    socket.write(
      `GET ${EVENTS}?since=${page.nextCursor} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${notes.user.token}\r\n\r\n`,
    );
    await eventually('The end of the connection', () => lines.find(({ route }) => route === EVENTS), 20_000);
    const got = (await textOf(socket)).replace(/\r\n[0-9a-f]+\r\n/g, '');
    const ids = [...got.matchAll(/^id: (\S+)\nevent: change\ndata: \S+\n\n/gm)].map(([, id]) => id);
    expect(ids.length).toBeLessThan(COUNT);
    const rest = await stream(server, { lastEventId: ids.at(-1) });
    const events = await rest.first(COUNT - ids.length);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => ids.length + i + 1));
  });

  it('when the server stops, which ends streams at once', async () => {
    const reader = await stream(other);
    await write(2);
    await reader.first(2);
    expect(quiet.heartbeats).toBeGreaterThan(3);
    expect([quiet.end, quiet.events]).toEqual([undefined, []]);
    await other.close();
    expect([await reader.ended(), await quiet.ended()]).toEqual(['ended', 'ended']);
    await write(2);
    const later = await stream(server, { lastEventId: reader.lastEventId });
    expect((await later.first(2)).map(({ seq }) => seq)).toEqual([3, 4]);
    await write(1);
    await later.first(3);
    expect([...reader.events, ...later.events].map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });
});
