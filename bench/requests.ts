import type { Request } from 'autocannon';
import { sign } from 'jsonwebtoken';
import type { KeyObject } from 'node:crypto';
import { v4 } from 'uuid';
import { ACCESS_TOKEN_ISSUER } from '../src/auth/access/access-token-claims';
import type { BenchUser, Library } from './library';
import { Random } from './random';
import { drawWords, writeText } from './words';

export const NOTES = '/api/v1/notes';
const REQUESTS = 3_200;
const SEED = 7;

/** Ranks of words by how many notes have them: nearly all, some of a hundred, some of ten thousand. */
export const COMMON = [10, 100] as const;
export const MEDIUM = [300, 2_000] as const;
export const RARE = [5_000, 19_000] as const;

/** Makes requests of a library, the same in every run. Tokens are of real users and real keys, for sessions that need not exist. */
export class RequestMaker {
  readonly random = new Random(SEED);
  private readonly tokens: Map<BenchUser, string>;

  constructor(
    private readonly library: Library,
    key: KeyObject,
  ) {
    this.tokens = new Map([...library.users, library.reader].map((user) => [user, tokenOf(user, key)]));
  }

  many(make: () => Request): Request[] {
    return Array.from({ length: REQUESTS }, make);
  }

  as(user: BenchUser, request: Request): Request {
    return { ...request, headers: { authorization: `Bearer ${this.tokens.get(user)}`, ...request.headers } };
  }

  user(): BenchUser {
    return this.random.pick(this.library.users);
  }

  getOne(): Request {
    const user = this.user();
    return this.as(user, { path: `${NOTES}/${this.random.pick(user.noteIds)}` });
  }

  search(q: string): Request {
    return this.as(this.library.reader, { path: `${NOTES}?q=${encodeURIComponent(q)}` });
  }

  word([from, to]: readonly [number, number]): string {
    return this.library.vocabulary[this.random.between(from, to)] ?? '';
  }

  phrase(): string {
    return `"${this.random.pick(this.library.phrases)}"`;
  }

  /** A body as JSON. */
  write(user: BenchUser, method: 'POST' | 'PATCH', path: string, body: object): Request {
    return this.as(user, {
      method,
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** About 1 KB of body, and two tags that the user has. */
  newNote(user: BenchUser): object {
    const { random } = this;
    const { vocabulary } = this.library;
    const first = random.between(0, user.tags.length - 2);
    return {
      title: writeText(vocabulary, drawWords(vocabulary, 6, random)),
      body: writeText(vocabulary, drawWords(vocabulary, 150, random)),
      tags: user.tags.slice(first, first + 2).map((tag) => tag.name),
    };
  }
}

function tokenOf(user: BenchUser, key: KeyObject): string {
  const claims = { sub: user.id, sid: v4(), role: 'user', email_verified: true, auth_time: Date.now() / 1_000 };
  return sign(claims, key, { algorithm: 'HS256', issuer: ACCESS_TOKEN_ISSUER, expiresIn: 3_600 });
}
