import { rmSync } from 'node:fs';
import { Client } from 'pg';

export default async function globalTeardown(): Promise<void> {
  const server = globalThis.testServer;
  if (server === undefined) return;
  const client = new Client({ connectionString: server.adminUrl });
  await client.connect();
  await client.query(`drop database if exists ${server.template} with (force)`);
  await client.end();
  await server.embedded?.close();
  rmSync(server.dataDir, { recursive: true, force: true });
}
