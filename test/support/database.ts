import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A database of its own for a test file, cloned from the migrated template, or another one. */
export function createTestDatabase(template = process.env.TEST_TEMPLATE ?? ''): Promise<TestDatabase> {
  return createDatabase(` template ${template} strategy file_copy`);
}

/** A database with nothing in it. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

/** Where databases are made. */
export function adminUrlOfTests(): string {
  const adminUrl = process.env.TEST_ADMIN_URL;
  if (adminUrl === undefined) throw new Error('The global setup has not run');
  return adminUrl;
}

async function createDatabase(from: string): Promise<TestDatabase> {
  const adminUrl = adminUrlOfTests();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(adminUrl, `create database ${name}${from}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await query(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Runs one statement on a connection of its own: to look at what is stored, or to age it. */
export async function query<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
