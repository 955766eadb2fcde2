import { rmSync } from 'node:fs';
import { Client } from 'pg';

export default async function globalTeardown(): Promise<void> {
  const server = globalThis.testServer;
  if (server === undefined) return;
  const client = new Client({ connectionString: server.adminUrl });
  await client.connect();
  for (const template of [server.template, `${server.template}_large`]) {
    await client.query(`drop database if exists ${template} with (force)`);
  }
  await client.end();
  await server.embedded?.close();
  rmSync(server.dataDir, { recursive: true, force: true });
}
