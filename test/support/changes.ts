import type { Answer, Client, SignedIn } from './client';
import type { Note, ProblemBody } from './notes';

export const CHANGES = '/api/v1/changes';

export interface Change {
  seq: number;
  type: 'note' | 'notebook' | 'tag' | 'search' | 'share';
  id: string;
  deleted: boolean;
  changedAt: string;
  note: Note | null;
  notebook: { id: string; name: string; parentId: string | null; version: number } | null;
  tag: { id: string; name: string; version: number } | null;
  search: { id: string; name: string; q: string; sort: string | null; version: number } | null;
  share: { id: string; noteId: string; hasPassword: boolean; version: number } | null;
}

export interface ChangesPage {
  data: Change[];
  page: { nextCursor: string; hasMore: boolean };
}

/** The feed of one user, over HTTP. */
export class Feed {
  constructor(
    readonly client: Client,
    readonly user: SignedIn,
  ) {}

  ask(query: Record<string, string> = {}): Promise<Answer<ChangesPage & ProblemBody>> {
    return this.client.get(`${CHANGES}?${new URLSearchParams(query).toString()}`, { token: this.user.token });
  }

  /** One page. @throws Error when there is none. */
  async page(query: Record<string, string> = {}): Promise<ChangesPage> {
    const answer = await this.ask(query);
    if (answer.status !== 200) throw new Error(`The changes were not read: ${answer.text}`);
    return answer.body;
  }

  /** Reads on to the end, or from the start. */
  async read(since?: string, query: Record<string, string> = {}): Promise<{ changes: Change[]; cursor: string }> {
    const changes: Change[] = [];
    let cursor = since;
    for (;;) {
      const { data, page } = await this.page({ ...query, ...(cursor !== undefined && { since: cursor }) });
      changes.push(...data);
      cursor = page.nextCursor;
      if (!page.hasMore) return { changes, cursor };
    }
  }
}
