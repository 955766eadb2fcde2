import { newId } from '../../src/common/uuid';
import type { Answer } from './client';
import type { ChangesPage } from './changes';
import { type FlakyNetwork, NetworkError } from './flaky-network';
import type { Note } from './notes';

/** A note as the client has it. */
interface LocalNote {
  /** What the server said last; null until it has said anything. */
  base: Note | null;
  /** Lines that the user has added, and the server may not have yet. */
  added: string[];
  /** Whether the user has thrown it away. */
  trashed: boolean;
}

/** All that the client keeps, as it is on its disk. */
interface State {
  cursor: string | null;
  /** While the feed is read from its start: the notes that it has shown. */
  seen: string[] | null;
  notes: Record<string, LocalNote>;
}

/**
 * A client that works offline, and follows `docs/sync.md`: it pulls, then pushes, one request after the other. Bodies are lists of lines; users add lines. Its
 * choice in conflicts: all lines are kept, and who writes on a note that another one has thrown away brings it back.
 */
export class OfflineClient {
  private state: State = { cursor: null, seen: null, notes: {} };
  private disk = JSON.stringify(this.state);

  constructor(
    private readonly network: FlakyNetwork,
    private readonly limit = 3,
  ) {}

  get notes(): Record<string, LocalNote> {
    return this.state.notes;
  }

  /** The ids of the notes that the user sees. */
  get visible(): string[] {
    return Object.entries(this.notes)
      .filter(([, { base, trashed }]) => !trashed && (base?.deletedAt ?? null) === null)
      .map(([id]) => id);
  }

  get isIdle(): boolean {
    return Object.values(this.notes).every(
      ({ base, added, trashed }) => base !== null && added.length === 0 && !trashed,
    );
  }

  create(line: string): string {
    const id = newId();
    this.notes[id] = { base: null, added: [line], trashed: false };
    this.save();
    return id;
  }

  addLine(id: string, line: string): void {
    this.notes[id]?.added.push(line);
    this.save();
  }

  trash(id: string): void {
    const note = this.notes[id];
    if (note === undefined) return;
    if (note.base !== null) note.trashed = true;
    this.save();
  }

  /** The process dies and starts again, with what is on its disk. */
  crash(): void {
    this.state = JSON.parse(this.disk) as State;
  }

  /** Pulls, then pushes in the given order of notes, and pulls its own changes. Gives up where the network does. */
  async sync(order: (ids: string[]) => string[] = (ids) => ids): Promise<void> {
    try {
      await this.pull();
      for (const id of order(Object.keys(this.notes))) await this.push(id);
      await this.pull();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
  }

  private async pull(): Promise<void> {
    for (;;) {
      const { cursor } = this.state;
      const since = cursor === null ? '' : `&since=${cursor}`;
      const answer = await this.network.request<ChangesPage>('GET', `/changes?types=note&limit=${this.limit}${since}`);
      if (answer.status === 410) {
        this.state.cursor = null;
        continue;
      }
      const { data, page } = expectOne(answer, 200).body;
      if (cursor === null) this.state.seen = [];
      for (const { id, deleted, note } of data) {
        this.state.seen?.push(id);
        if (deleted) delete this.notes[id];
        else if (note !== null) this.learn(id, note);
      }
      this.state.cursor = page.nextCursor;
      if (!page.hasMore) this.sweep();
      // Cursor and changes together: a crash in between would lose changes.
      this.save();
      if (!page.hasMore) return;
    }
  }

  /** What the feed did not show when it was read from its start is gone; what the server never had stays. */
  private sweep(): void {
    const { seen } = this.state;
    this.state.seen = null;
    if (seen === null) return;
    for (const [id, { base }] of Object.entries(this.notes))
      if (base !== null && !seen.includes(id)) delete this.notes[id];
  }

  /** What the server says of a note is the base from now on; lines that it has are no longer to be sent. */
  private learn(id: string, note: Note): void {
    const local = (this.notes[id] ??= { base: null, added: [], trashed: false });
    // Thrown away by the user, and changed by another one since: the change wins.
    if (local.base !== null && local.base.version !== note.version) local.trashed = false;
    const lines = linesOf(note);
    local.added = local.added.filter((line) => !lines.includes(line));
    local.base = note;
  }

  private async push(id: string): Promise<void> {
    const local = this.notes[id];
    if (local === undefined) return;
    if (local.base === null) await this.pushNew(id, local);
    else if (local.added.length > 0) await this.pushLines(id, local.base, local.added);
    else if (local.trashed) await this.pushTrash(id, local.base);
    this.save();
  }

  private async pushNew(id: string, { added }: LocalNote): Promise<void> {
    const answer = await this.network.request<Note>('POST', '/notes', { body: { id, body: added.join('\n') } });
    // 409: an earlier attempt arrived, and its answer did not. The feed will show the note.
    if (expectOne(answer, 201, 409).status === 201) this.learn(id, answer.body);
  }

  private async pushLines(id: string, base: Note, added: string[]): Promise<void> {
    let based = base;
    if (based.deletedAt !== null) {
      const restored = await this.network.request<Note>('POST', `/notes/${id}/restore`, ifMatch(based));
      if (expectOne(restored, 200, 412, 404).status !== 200) return;
      this.learn(id, restored.body);
      based = restored.body;
    }
    const body = [...linesOf(based), ...added].join('\n');
    const answer = await this.network.request<Note>('PATCH', `/notes/${id}`, { ...ifMatch(based), body: { body } });
    // 412: it has changed since; the next pull brings the change, and the lines are added to that.
    if (expectOne(answer, 200, 412, 404).status === 200) this.learn(id, answer.body);
  }

  private async pushTrash(id: string, base: Note): Promise<void> {
    const answer = await this.network.request('DELETE', `/notes/${id}`, ifMatch(base));
    const local = this.notes[id];
    // Done, or changed by another one: either way the feed will say.
    if (expectOne(answer, 204, 412, 404) && local !== undefined) local.trashed = false;
  }

  private save(): void {
    this.disk = JSON.stringify(this.state);
  }
}

export function linesOf(note: Note): string[] {
  return (note.body ?? '').split('\n');
}

function ifMatch({ version }: Note): { headers: Record<string, string> } {
  return { headers: { 'if-match': `"v${version}"` } };
}

function expectOne<T>(answer: Answer<T>, ...statuses: number[]): Answer<T> {
  if (!statuses.includes(answer.status)) throw new Error(`Unexpected: ${answer.status} ${answer.text.slice(0, 500)}`);
  return answer;
}
