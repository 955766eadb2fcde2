import type { Answer, Client, SignedIn } from './client';
import type { Note, ProblemBody } from './notes';

export const SHARES = '/api/v1/shares';
export const SHARED = '/api/v1/shared';

export interface Share {
  id: string;
  noteId: string;
  hasPassword: boolean;
  expiresAt: string | null;
  viewCount: number;
  lastViewedAt: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
  /** Of the answer that makes it only. */
  token?: string;
  url?: string;
}

/** The shares of one user, over HTTP. */
export class Shares {
  constructor(
    readonly client: Client,
    readonly user: SignedIn,
  ) {}

  /** Any answer; the path follows `/api/v1/shares`. */
  send<T = Share & ProblemBody>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>> {
    return this.client.request<T>(method, SHARES + path, { token: this.user.token, body, headers });
  }

  /** Asks for a share of a note. */
  make(noteId: string, body: object = {}, headers?: Record<string, string>): Promise<Answer<Share & ProblemBody>> {
    const { token } = this.user;
    return this.client.post(`/api/v1/notes/${noteId}/shares`, { token, body, headers });
  }

  /** A new share. @throws Error when it was not made. */
  async create({ id }: Pick<Note, 'id'>, body: object = {}): Promise<Share & { token: string }> {
    const answer = await this.make(id, body);
    const { token } = answer.body;
    if (answer.status !== 201 || token === undefined) throw new Error(`The share was not made: ${answer.text}`);
    return { ...answer.body, token };
  }

  async read(id: string): Promise<Share> {
    return (await this.send('GET', `/${id}`)).body;
  }
}
