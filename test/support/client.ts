import { randomBytes } from 'node:crypto';
import { EVENT_STREAM } from '../../src/common/event-stream';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

export interface RequestOptions {
  token?: string;
  body?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
}

export interface SignedIn {
  token: string;
  refreshToken: string;
  userId: string;
  email: string;
}

/** A small REST client for the tests: real HTTP, nothing hidden. */
export class Client {
  constructor(readonly url: string) {}

  async request<T = Record<string, unknown>>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer<T>> {
    const headers: Record<string, string> = { ...options.headers };
    if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
    if (options.body !== undefined) headers['content-type'] ??= 'application/json';
    const body =
      typeof options.body === 'string'
        ? options.body
        : options.body === undefined
          ? options.form
          : JSON.stringify(options.body);
    const response = await fetch(this.url + path, { method, headers, body, redirect: 'manual' });
    const text = await textOf(response);
    // The answer to HEAD has the type of a body that is not there.
    const isJson = text !== '' && response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as T };
  }

  get<T = Record<string, unknown>>(path: string, options?: RequestOptions): Promise<Answer<T>> {
    return this.request<T>('GET', path, options);
  }

  post<T = Record<string, unknown>>(path: string, options?: RequestOptions): Promise<Answer<T>> {
    return this.request<T>('POST', path, options);
  }

  patch<T = Record<string, unknown>>(path: string, options?: RequestOptions): Promise<Answer<T>> {
    return this.request<T>('PATCH', path, options);
  }

  delete<T = Record<string, unknown>>(path: string, options?: RequestOptions): Promise<Answer<T>> {
    return this.request<T>('DELETE', path, options);
  }

  /** A new account, signed in. */
  async signUp(email = `user-${randomBytes(6).toString('hex')}@example.org`): Promise<SignedIn> {
    const answer = await this.post<{ accessToken: string; refreshToken: string; user: { id: string } }>(
      '/api/v1/auth/register',
      {
        body: { email, password: 'correct horse battery' },
      },
    );
    if (answer.status !== 201) throw new Error(`The account was not made: ${answer.text}`);
    return {
      token: answer.body.accessToken,
      refreshToken: answer.body.refreshToken,
      userId: answer.body.user.id,
      email,
    };
  }
}

/** The body; of a stream of events, which does not end, what it begins with. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== EVENT_STREAM || response.body === null) return response.text();
  for await (const chunk of response.body) return new TextDecoder().decode(chunk);
  return '';
}

/** Follows `page.nextCursor` to the end; at most 1,000 pages. */
export async function readAll<T>(client: Client, path: string, token: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 1_000; page += 1) {
    const separator = path.includes('?') ? '&' : '?';
    const next: string = cursor === null ? path : `${path}${separator}cursor=${encodeURIComponent(cursor)}`;
    const answer: Answer<{ data: T[]; page: { nextCursor: string | null } }> = await client.get(next, { token });
    if (answer.status !== 200) throw new Error(`The page was not read: ${answer.text}`);
    items.push(...answer.body.data);
    cursor = answer.body.page.nextCursor;
    if (cursor === null) return items;
  }
  throw new Error('The list does not end');
}
