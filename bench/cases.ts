import type { Request } from 'autocannon';
import { sign } from 'jsonwebtoken';
import type { KeyObject } from 'node:crypto';
import { v4 } from 'uuid';
import { ACCESS_TOKEN_ISSUER } from '../src/auth/access/access-token-claims';
import type { BenchUser, Library } from './library';
import { Random } from './random';
import { signIns } from './sign-ins';
import { drawWords, writeText } from './words';

/** What is measured: the same requests for both servers. */
export interface Case {
  name: string;
  connections: number;
  requests: Request[];
  /** Least ratio to the bare server that is aimed at. */
  ratio?: number;
  /** The p99 that is aimed at, in milliseconds. */
  p99?: number;
  /** Sent to our server all the while, whichever is measured, over 100 connections: the aim is to keep nine tenths of the ratio of the case `of`, and an event loop that is never 50 ms late. */
  beside?: { requests: Request[]; of: string };
}

const NOTES = '/api/v1/notes';
const REQUESTS = 3_200;
const SEED = 7;

/** Ranks of words by how many notes have them: nearly all, some of a hundred, some of ten thousand. */
const COMMON = [10, 100] as const;
const MEDIUM = [300, 2_000] as const;
const RARE = [5_000, 19_000] as const;

/** Tokens are of real users and real keys, for sessions that need not exist. */
export function makeCases(library: Library, key: KeyObject): Case[] {
  const random = new Random(SEED);
  const { users, reader, vocabulary } = library;
  const tokens = new Map([...users, reader].map((user) => [user, tokenOf(user, key)]));
  const as = (user: BenchUser, request: Request): Request => ({
    ...request,
    headers: { authorization: `Bearer ${tokens.get(user)}`, ...request.headers },
  });
  const search = (q: () => string): Request[] =>
    many(() => as(reader, { path: `${NOTES}?q=${encodeURIComponent(q())}` }));
  const word = ([from, to]: readonly [number, number]): string => vocabulary[random.between(from, to)] ?? '';
  const phrase = (): string => `"${random.pick(library.phrases)}"`;
  const mixed = search(() => {
    const ranks = random.pick([COMMON, MEDIUM, MEDIUM, RARE, RARE]);
    return random.chance(0.5) ? word(ranks) : `${word(ranks)} ${word(random.pick([COMMON, MEDIUM]))}`;
  });
  const getOne = many(() => {
    const user = random.pick(users);
    return as(user, { path: `${NOTES}/${random.pick(user.noteIds)}` });
  });
  return [
    { name: 'get one', connections: 32, ratio: 0.7, requests: getOne },
    {
      name: 'get one, beside sign-ins',
      connections: 32,
      requests: getOne,
      beside: { requests: signIns(users, REQUESTS), of: 'get one' },
    },
    { name: 'list 20', connections: 32, ratio: 0.8, requests: many(() => as(random.pick(users), { path: NOTES })) },
    ...oneAndFour('search, mixed', mixed),
    { name: 'search, mixed', connections: 32, requests: mixed },
    ...oneAndFour(
      'search, rare word',
      search(() => word(RARE)),
    ),
    ...oneAndFour(
      'search, common word',
      search(() => word(COMMON)),
    ),
    ...oneAndFour('search, phrase', search(phrase)),
    {
      name: 'create',
      connections: 32,
      ratio: 0.7,
      requests: many(() => {
        const user = random.pick(users);
        return as(user, newNote(user, vocabulary, random));
      }),
    },
  ];
}

/** What one user feels, and four at once. */
function oneAndFour(name: string, requests: Request[]): Case[] {
  return [1, 4].map((connections) => ({ name, connections, p99: 50, requests }));
}

function many(make: () => Request): Request[] {
  return Array.from({ length: REQUESTS }, make);
}

function tokenOf(user: BenchUser, key: KeyObject): string {
  const claims = { sub: user.id, sid: v4(), role: 'user', email_verified: true, auth_time: Date.now() / 1_000 };
  return sign(claims, key, { algorithm: 'HS256', issuer: ACCESS_TOKEN_ISSUER, expiresIn: 3_600 });
}

/** About 1 KB of body, and two tags that the user has. */
function newNote(user: BenchUser, vocabulary: readonly string[], random: Random): Request {
  const first = random.between(0, user.tags.length - 2);
  const note = {
    title: writeText(vocabulary, drawWords(vocabulary, 6, random)),
    body: writeText(vocabulary, drawWords(vocabulary, 150, random)),
    tags: user.tags.slice(first, first + 2).map((tag) => tag.name),
  };
  return {
    method: 'POST',
    path: NOTES,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(note),
  };
}
