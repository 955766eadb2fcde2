import type { Request } from 'autocannon';
import type { KeyObject } from 'node:crypto';
import type { Library } from './library';
import { COMMON, NOTES, RARE, RequestMaker } from './requests';
import { writeHan } from './words';

/** What one client feels, by how much there is. */
export interface GrowthCase {
  name: string;
  requests: Request[];
  /** The p99 that is aimed at with the most notes, in milliseconds. */
  p99?: number;
}

/** Pages of the feed that are read to have cursors from its beginning to its middle. */
const CURSORS = 100;
const BATCH = 100;

/** @param url where the server is: cursors of the feed are what it gives. */
export async function makeGrowthCases(library: Library, key: KeyObject, url: string): Promise<GrowthCase[]> {
  const make = new RequestMaker(library, key);
  const { random } = make;
  const { reader } = library;
  const search = (name: string, p99: number, q: () => string): GrowthCase => ({
    name: `search, ${name}`,
    p99,
    requests: make.many(() => make.search(q())),
  });
  const ofUser = (path: string): Request[] => make.many(() => make.as(make.user(), { path }));
  const cursors = await cursorsOf(make.as(reader, {}), url);
  return [
    { name: 'get one', requests: make.many(() => make.getOne()) },
    { name: 'list 20', requests: ofUser(NOTES) },
    { name: 'list 20, of the reader', requests: make.many(() => make.as(reader, { path: NOTES })) },
    {
      name: 'list 20 by tag',
      requests: make.many(() => make.as(reader, { path: `${NOTES}?tag=${random.pick(reader.tags).name}` })),
    },
    search('rare word', 60, () => make.word(RARE)),
    search('common word', 150, () => make.word(COMMON)),
    search('phrase', 60, () => make.phrase()),
    search('misspelt word', 60, () => misspelt(make.word(RARE))),
    search('two Chinese characters', 60, () => writeHan(2, random).slice(0, 2)),
    { name: 'facets', requests: make.many(() => make.as(reader, { path: `${NOTES}/facets` })) },
    {
      name: 'changes since',
      p99: 20,
      requests: make.many(() => make.as(reader, { path: `/api/v1/changes?since=${random.pick(cursors)}` })),
    },
    {
      name: 'create',
      requests: make.many(() => make.write(reader, 'POST', NOTES, make.newNote(reader))),
    },
    {
      name: 'patch',
      requests: make.many(() =>
        make.write(reader, 'PATCH', `${NOTES}/${random.pick(reader.liveIds)}`, { pinned: random.chance(0.5) }),
      ),
    },
    {
      name: `batch of ${BATCH}`,
      requests: Array.from({ length: 50 }, () => {
        const operations = Array.from({ length: BATCH }, () => ({ op: 'create', note: make.newNote(reader) }));
        return make.write(reader, 'POST', `${NOTES}/batch`, { operations });
      }),
    },
  ];
}

/** A letter too many in the middle, as a finger that slips makes it. */
function misspelt(word: string): string {
  const middle = Math.ceil(word.length / 2);
  return `${word.slice(0, middle)}q${word.slice(middle)}`;
}

async function cursorsOf({ headers }: Request, url: string): Promise<string[]> {
  const cursors: string[] = [];
  let since = '';
  while (cursors.length < CURSORS) {
    const answer = await fetch(`${url}/api/v1/changes?limit=500${since}`, {
      headers: headers as Record<string, string>,
    });
    if (!answer.ok) throw new Error(`The feed cannot be read: ${answer.status} ${await answer.text()}`);
    const { page } = (await answer.json()) as { page: { nextCursor: string; hasMore: boolean } };
    cursors.push(page.nextCursor);
    if (!page.hasMore) break;
    since = `&since=${page.nextCursor}`;
  }
  return cursors;
}
