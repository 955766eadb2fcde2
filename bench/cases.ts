import type { Request } from 'autocannon';
import type { KeyObject } from 'node:crypto';
import type { Library } from './library';
import { COMMON, MEDIUM, NOTES, RARE, RequestMaker } from './requests';
import { signIns } from './sign-ins';

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

export function makeCases(library: Library, key: KeyObject): Case[] {
  const make = new RequestMaker(library, key);
  const { random } = make;
  const search = (q: () => string): Request[] => make.many(() => make.search(q()));
  const mixed = search(() => {
    const ranks = random.pick([COMMON, MEDIUM, MEDIUM, RARE, RARE]);
    return random.chance(0.5) ? make.word(ranks) : `${make.word(ranks)} ${make.word(random.pick([COMMON, MEDIUM]))}`;
  });
  const getOne = make.many(() => make.getOne());
  const signingIn = signIns(library.users, getOne.length);
  return [
    { name: 'get one', connections: 32, ratio: 0.7, requests: getOne },
    {
      name: 'get one, beside sign-ins',
      connections: 32,
      requests: getOne,
      beside: { requests: signingIn, of: 'get one' },
    },
    {
      name: 'list 20',
      connections: 32,
      ratio: 0.8,
      requests: make.many(() => make.as(make.user(), { path: NOTES })),
    },
    ...oneAndFour('search, mixed', mixed),
    { name: 'search, mixed', connections: 32, requests: mixed },
    ...oneAndFour(
      'search, rare word',
      search(() => make.word(RARE)),
    ),
    ...oneAndFour(
      'search, common word',
      search(() => make.word(COMMON)),
    ),
    ...oneAndFour(
      'search, phrase',
      search(() => make.phrase()),
    ),
    {
      name: 'create',
      connections: 32,
      ratio: 0.7,
      requests: make.many(() => {
        const user = make.user();
        return make.write(user, 'POST', NOTES, make.newNote(user));
      }),
    },
  ];
}

/** What one user feels, and four at once. */
function oneAndFour(name: string, requests: Request[]): Case[] {
  return [1, 4].map((connections) => ({ name, connections, p99: 50, requests }));
}
