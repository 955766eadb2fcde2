import { Redis } from 'ioredis';

/** Databases for each of Jest's three workers: an ordinary Redis has 16. */
const PER_WORKER = 5;

interface RedisDatabase {
  at: number;
  url: Promise<string>;
}

declare global {
  /** By the PostgreSQL database. On the global object, since a test may load the modules of a second server afresh. */
  var testRedisDatabases: Map<string, RedisDatabase> | undefined;
}

/**
 * A Redis database of its own for each PostgreSQL database, empty at first: servers share a Redis only if they share all else, or one would take the
 * jobs of another. Undefined without `TEST_REDIS_URL`: the queue is then in PostgreSQL.
 */
export function redisDatabaseFor(databaseUrl: string): Promise<string> | undefined {
  const redisUrl = process.env.TEST_REDIS_URL;
  if (redisUrl === undefined) return undefined;
  const databases = (globalThis.testRedisDatabases ??= new Map());
  const known = databases.get(databaseUrl);
  if (known !== undefined) return known.url;
  const taken = new Set([...databases.values()].map(({ at }) => at));
  const at = Array.from({ length: PER_WORKER }, (_, index) => index).find((index) => !taken.has(index));
  if (at === undefined) throw new Error(`A test file may use ${PER_WORKER} PostgreSQL databases with servers at once`);
  const url = emptyDatabase(redisUrl, at);
  databases.set(databaseUrl, { at, url });
  return url;
}

/** Its servers are closed: another may have it. */
export function leaveRedisDatabase(databaseUrl: string): void {
  globalThis.testRedisDatabases?.delete(databaseUrl);
}

async function emptyDatabase(redisUrl: string, at: number): Promise<string> {
  const url = new URL(redisUrl);
  url.pathname = `/${(Number(process.env.JEST_WORKER_ID) - 1) * PER_WORKER + at}`;
  const client = new Redis(url.href);
  await client.flushdb();
  client.disconnect();
  return url.href;
}
