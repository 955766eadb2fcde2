import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { loadConfig } from '../src/config/load-config';
import { openDatabase } from '../src/database/open-database';
import type { Cleanups } from './cleanups';

/** A directory for everything that a run writes. PostgreSQL's system user has to get through to its own. */
export async function openWorkDir(cleanups: Cleanups): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), 'commonplace-bench-'));
  chmodSync(path, 0o711);
  return cleanups.use(Promise.resolve(path), () => rmSync(path, { recursive: true, force: true }));
}

/** An empty, migrated database of its own: on the server at `serverUrl`, or on an embedded one. */
export async function openBenchDatabase(
  serverUrl: string | undefined,
  workDir: string,
  cleanups: Cleanups,
): Promise<string> {
  const dataDir = join(workDir, 'data');
  const scratch = serverUrl === undefined ? undefined : await openScratch(serverUrl, cleanups);
  const config = loadConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_URL: scratch });
  const database = await cleanups.use(openDatabase(config, pino({ level: 'warn' })), async (opened) => {
    await opened.close();
    // A link, when the data directory is a private one: what it points to is not removed with the directory.
    if (scratch === undefined) rmSync(realpathSync(join(dataDir, 'postgres')), { recursive: true, force: true });
  });
  return database.config.DATABASE_URL ?? '';
}

/** What is in the given database stays as it is: the notes go into one beside it. */
function openScratch(serverUrl: string, cleanups: Cleanups): Promise<string> {
  const name = `commonplace_bench_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const creating = administer(serverUrl, `create database ${name}`).then(() => url.href);
  return cleanups.use(creating, () => administer(serverUrl, `drop database ${name} with (force)`));
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
