import 'reflect-metadata';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { loadConfig } from '../../src/config/load-config';
import { EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { migrate } from '../../src/database/migrate';

/** What the test files need to know, and what the teardown must stop. */
declare global {
  var testServer: { embedded?: EmbeddedPostgres; adminUrl: string; template: string; dataDir: string } | undefined;
}

/**
 * One PostgreSQL for the whole run: the one at `TEST_DATABASE_URL`, or an embedded one without fsync. One database is migrated;
 * each test file clones it (`create database … template`), which takes milliseconds.
 */
export default async function globalSetup(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'commonplace-test-'));
  // Open to the system user that PostgreSQL runs as for root, or the cluster would be made outside, and left there.
  chmodSync(dataDir, 0o711);
  const embedded = process.env.TEST_DATABASE_URL
    ? undefined
    : await EmbeddedPostgres.open({ dataDir, durable: false, preferredPort: 0, log: () => undefined });
  const adminUrl = process.env.TEST_DATABASE_URL ?? embedded?.url ?? '';
  const template = `commonplace_template_${process.pid}`;
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`create database ${template}`);
  await client.end();
  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  const { REDIS_URL: _, ...environment } = process.env;
  await migrate(loadConfig({ ...environment, NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_URL: url.href }));
  globalThis.testServer = { embedded, adminUrl, template, dataDir };
  process.env.TEST_ADMIN_URL = adminUrl;
  process.env.TEST_TEMPLATE = template;
}
