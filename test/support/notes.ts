import type { Answer, Client, RequestOptions, SignedIn } from './client';

export interface Note {
  id: string;
  kind: 'note' | 'bookmark';
  title: string | null;
  body: string | null;
  url: string | null;
  tags: string[];
  notebookId: string | null;
  pinned: boolean;
  language: string | null;
  isLanguageSet: boolean;
  archivedAt: string | null;
  deletedAt: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface Hit extends Note {
  score: number;
  highlights: { title?: string; body?: string };
}

export interface ListPage<T = Note> {
  data: T[];
  page: { nextCursor: string | null; hasMore: boolean };
  /** Of a search. */
  search?: { warnings: { position: number; detail: string }[]; didYouMean: string | null; corrected: boolean };
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  requestId: string;
  errors?: { pointer: string; detail: string; code: string }[];
  existingId?: string;
  currentVersion?: number;
}

export const NOTES = '/api/v1/notes';

/** The notes of one user, over HTTP. */
export class Notes {
  constructor(
    readonly client: Client,
    readonly user: SignedIn,
  ) {}

  static async signUp(client: Client): Promise<Notes> {
    return new Notes(client, await client.signUp());
  }

  /** Any answer; the path follows `/api/v1/notes`. */
  send<T = Note>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>> {
    const options: RequestOptions = { token: this.user.token, body, headers };
    return this.client.request<T>(method, NOTES + path, options);
  }

  /** @throws Error when the note was not made. */
  async create(fields: Record<string, unknown>): Promise<Note> {
    return expectStatus(await this.send('POST', '', fields), 201);
  }

  /** @throws Error when it cannot be read. */
  async read(id: string): Promise<Note> {
    return expectStatus(await this.send('GET', `/${id}`), 200);
  }

  /** Moves a note to the trash. @throws Error when that failed. */
  async trash(id: string): Promise<void> {
    expectStatus(await this.send('DELETE', `/${id}`), 204);
  }

  /** One page. @throws Error when there is none. */
  async list<T = Note>(query: string): Promise<ListPage<T>> {
    return expectStatus(await this.send<ListPage<T>>('GET', `?${query}`), 200);
  }

  /** The refusal of a request: its problem, which must be one of `status`. */
  async refusal(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ProblemBody> {
    const answer = await this.send<ProblemBody>(method, path, body, headers);
    if (!isProblem(answer)) throw new Error(`Not a problem: ${answer.status} ${answer.text.slice(0, 500)}`);
    return expectStatus(answer, status);
  }
}

function expectStatus<T>(answer: Answer<T>, status: number): T {
  if (answer.status !== status)
    throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer.body;
}

export function isProblem(answer: Answer<unknown>): boolean {
  return /^application\/problem\+json(;|$)/.test(answer.headers.get('content-type') ?? '');
}
