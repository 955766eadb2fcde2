import * as fc from 'fast-check';
import { ChangeRetention } from '../src/notes/changes/change-retention';
import { makeAccessToken } from './support/access-tokens';
import { startTestApp, type TestApp } from './support/app';
import { Feed } from './support/changes';
import { readAll, type SignedIn } from './support/client';
import { query } from './support/database';
import { type Fault, FAULTS, FlakyNetwork } from './support/flaky-network';
import type { Note } from './support/notes';
import { linesOf, OfflineClient } from './support/offline-client';

/* Random histories of clients that work offline, on a network that fails, end with all of them and the server equal, and with no line lost. */

/** How many; more at night. */
const HISTORIES = Number(process.env.SYNC_HISTORIES ?? 100);
/** What a history may take, on a machine that has other things to do. */
const MS_A_HISTORY = 3_000;
const CLIENTS = 3;

type Action =
  | { kind: 'create' | 'sync' | 'crash'; client: number }
  | { kind: 'add' | 'trash' | 'purge'; client: number; pick: number }
  | { kind: 'all-sync' | 'deliver-late' };

const client = fc.nat(CLIENTS - 1);
const pick = fc.nat(9);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), client }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), client, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('trash' as const), client, pick }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('sync' as const), client }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), client }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), client, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('all-sync' as const, 'deliver-late' as const) }) },
);
const faults = fc.array(fc.constantFrom<Fault>(...FAULTS, 'none', 'none', 'none'), { maxLength: 30 });

let server: TestApp;
let user: SignedIn;

beforeAll(async () => {
  server = await startTestApp();
  user = await lastingUser();
});

afterAll(() => server.close());

/** Signed in for as long as it takes: a session's token would expire in a long run. */
async function lastingUser(): Promise<SignedIn> {
  const signedIn = await server.client.signUp();
  const { token } = await makeAccessToken(server.client, signedIn);
  return { ...signedIn, token };
}

const sql = (text: string, values: unknown[]): Promise<object[]> => query(server.databaseUrl, text, values);

/** Some clients of one user, each with a network of its own. */
class History {
  readonly networks: FlakyNetwork[];
  readonly clients: OfflineClient[];
  /** Each line that was written, with the note that it was written in. */
  readonly lines = new Map<string, string>();
  readonly purged = new Set<string>();

  constructor(faultsOf: Fault[][]) {
    this.networks = faultsOf.map((each) => new FlakyNetwork(server.client, user.token, each));
    this.clients = this.networks.map((network) => new OfflineClient(network));
  }

  async act(next: Action): Promise<void> {
    if ('client' in next) await this.actOn(next, this.clients[next.client] as OfflineClient);
    else if (next.kind === 'all-sync') await Promise.all(this.clients.map((each) => each.sync()));
    else for (const network of this.networks) await network.deliverLate();
  }

  async end(): Promise<void> {
    for (const network of this.networks) await network.repair();
    // Each round, a client at least has its changes accepted; the last one learns of those of all others.
    for (let round = 0; round < 4; round += 1) for (const each of this.clients) await each.sync();
  }

  private async actOn(next: Exclude<Action, { kind: 'all-sync' | 'deliver-late' }>, on: OfflineClient): Promise<void> {
    const line = `line ${this.lines.size}`;
    if (next.kind === 'create') this.lines.set(line, on.create(line));
    if (next.kind === 'sync') await on.sync((ids) => ids.toReversed());
    if (next.kind === 'crash') on.crash();
    if (!('pick' in next)) return;
    const { visible } = on;
    const id = visible[next.pick % visible.length];
    if (id === undefined) return;
    if (next.kind === 'trash') on.trash(id);
    if (next.kind === 'add') {
      on.addLine(id, line);
      this.lines.set(line, id);
    }
    if (next.kind === 'purge') {
      this.purged.add(id);
      await sql(`delete from notes where id = $1`, [id]);
    }
  }
}

async function serverNotes(): Promise<Record<string, Note>> {
  const live = await readAll<Note>(server.client, '/api/v1/notes?limit=100', user.token);
  const trashed = await readAll<Note>(server.client, '/api/v1/notes?limit=100&trashed=true', user.token);
  return Object.fromEntries([...live, ...trashed].map((note) => [note.id, note]));
}

function known(on: OfflineClient): Record<string, Note | null> {
  return Object.fromEntries(Object.entries(on.notes).map(([id, { base }]) => [id, base]));
}

describe('clients that work offline', () => {
  it(
    `agree with each other and the server after ${HISTORIES} random histories`,
    async () => {
      const property = fc.asyncProperty(
        fc.array(action, { minLength: 5, maxLength: 25 }),
        fc.array(faults, { minLength: CLIENTS, maxLength: CLIENTS }),
        async (actions, faultsOf) => {
          await sql(`delete from notes where user_id = $1`, [user.userId]);
          await sql(`delete from changes where user_id = $1`, [user.userId]);
          const history = new History(faultsOf);
          for (const next of actions) await history.act(next);
          await history.end();
          const notes = await serverNotes();
          for (const each of history.clients) {
            expect(each.isIdle).toBe(true);
            expect(known(each)).toEqual(notes);
          }
          const written = [...history.lines].filter(([, id]) => !history.purged.has(id));
          const lost = written.filter(([line, id]) => notes[id] === undefined || !linesOf(notes[id]).includes(line));
          expect(lost).toEqual([]);
        },
      );
      await fc.assert(property, { numRuns: HISTORIES });
    },
    HISTORIES * MS_A_HISTORY,
  );

  it('start again after 410, drop what is gone, and keep what the server never had', async () => {
    const alone = await server.client.signUp();
    const [first, second] = [0, 1].map(() => new OfflineClient(new FlakyNetwork(server.client, alone.token, [])));
    if (first === undefined || second === undefined) throw new Error('There are two clients');
    const gone = first.create('gone');
    const kept = first.create('kept');
    await first.sync();
    await second.sync();
    await sql(`delete from notes where id = $1`, [gone]);
    await sql(`update changes set changed_at = now() - interval '181 days' where user_id = $1`, [alone.userId]);
    await server.app.get(ChangeRetention).run(new AbortController().signal);
    const own = second.create('made offline');
    await second.sync();
    expect(Object.keys(second.notes).toSorted()).toEqual([kept, own].toSorted());
    expect(second.isIdle).toBe(true);
  });
});

describe('a reader of the feed', () => {
  const WRITERS = 10;
  const CHANGES_MADE = Number(process.env.SYNC_CHANGES ?? 2_000);

  it(
    `sees ${CHANGES_MADE} changes of ten writers at once: none is missing, none comes twice`,
    async () => {
      const writer = await lastingUser();
      const feed = new Feed(server.client, writer);
      const seen: number[] = [];
      const ids = new Set<string>();
      let cursor = (await feed.page()).page.nextCursor;
      let isWriting = true;
      const written = Promise.all(
        Array.from({ length: WRITERS }, async (_, index) => {
          for (let made = 0; made < CHANGES_MADE / WRITERS; made += 1) {
            const body = { title: `${index} ${made}` };
            const answer = await server.client.post('/api/v1/notes', { token: writer.token, body });
            if (answer.status !== 201) throw new Error(answer.text);
          }
        }),
      ).finally(() => {
        isWriting = false;
      });
      let isRead = false;
      while (!isRead) {
        const wasWriting = isWriting;
        const { changes, cursor: next } = await feed.read(cursor, { limit: '500' });
        for (const { seq, id } of changes) {
          seen.push(seq);
          ids.add(id);
        }
        cursor = next;
        isRead = !wasWriting;
      }
      await written;
      expect(seen).toEqual(Array.from({ length: CHANGES_MADE }, (_, index) => index + 1));
      expect(ids.size).toBe(CHANGES_MADE);
    },
    60_000 + CHANGES_MADE * 20,
  );
});
