import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as Postgres } from 'pg';
import { newId } from '../src/common/uuid';
import { startTestApp } from './support/app';
import { createTestDatabase } from './support/database';

describe('files left over from imports', () => {
  it('are removed at a start, save those that a job will read and those that are young', async () => {
    const database = await createTestDatabase();
    const dataDir = mkdtempSync(join(tmpdir(), 'commonplace-leftovers-'));
    const area = join(dataDir, 'files', 'imports');
    mkdirSync(area, { recursive: true });
    const [forgotten, half, awaited, young] = [newId(), `${newId()}.part`, newId(), newId()];
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const name of [forgotten, half, awaited, young]) writeFileSync(join(area, name), 'x');
    for (const name of [forgotten, half, awaited]) utimesSync(join(area, name), twoDaysAgo, twoDaysAgo);
    const client = new Postgres({ connectionString: database.url });
    await client.connect();
    await client.query(`insert into jobs (id, type, payload) values ($1, 'import-notes', $2)`, [
      newId(),
      { fileKey: `imports/${awaited}`, fileName: 'x.md', format: 'auto' },
    ]);
    await client.end();

    const server = await startTestApp({ databaseUrl: database.url, dataDir });
    const left = [forgotten, half, awaited, young].map((name) => existsSync(join(area, name)));
    await server.close();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
    expect(left).toEqual([false, false, true, true]);
  });
});
