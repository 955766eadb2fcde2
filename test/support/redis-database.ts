import { Redis } from 'ioredis';

/** Databases for each of Jest's workers: an ordinary Redis has 16. */
const PER_WORKER = 8;

declare global {
  /** On the global object, since a test may load the modules of a second server afresh. */
  var testRedisDatabases: Map<string, Promise<string>> | undefined;
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
  if (known !== undefined) return known;
  const made = emptyDatabase(redisUrl, databases.size);
  databases.set(databaseUrl, made);
  return made;
}

async function emptyDatabase(redisUrl: string, used: number): Promise<string> {
  if (used >= PER_WORKER) throw new Error(`A test file may use ${PER_WORKER} PostgreSQL databases with servers`);
  const url = new URL(redisUrl);
  url.pathname = `/${(Number(process.env.JEST_WORKER_ID) - 1) * PER_WORKER + used}`;
  const client = new Redis(url.href);
  await client.flushdb();
  client.disconnect();
  return url.href;
}
