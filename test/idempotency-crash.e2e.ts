import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Client } from './support/client';
import { createTestDatabase, type TestDatabase } from './support/database';
import { Notes } from './support/notes';
import { ServerProcess } from './support/server-process';
import { TcpProxy } from './support/tcp-proxy';

/** The statement that keeps the answer, and the end of the transaction that it is in. */
const KEEP = 'keep-answer';

describe('kill -9 of a server that carries out a request with an Idempotency-Key', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'commonplace-keys-'));
  let database: TestDatabase;
  let proxy: TcpProxy;
  let servers: ServerProcess[];

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.start(database.url);
    servers = [];
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await proxy.close();
    await database.drop();
  });

  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  async function start(databaseUrl: string): Promise<{ server: ServerProcess; client: Client }> {
    const server = ServerProcess.start('main', { PORT: '0', DATA_DIR: dataDir, DATABASE_URL: databaseUrl });
    servers.push(server);
    return { server, client: await server.ready() };
  }

  it.each([
    ['between commit and answer: it is answered, and there is one note', [KEEP, 'COMMIT'], 'true'],
    ['before the commit: nothing was done, and it is done now', [KEEP], null],
  ])(
    '%s',
    async (_, held, replayed) => {
      const { server, client } = await start(proxy.url);
      const user = await client.signUp();
      const send = (to: Client): Promise<Answer> =>
        to.post('/api/v1/notes', {
          token: user.token,
          body: { title: 'Once', tags: ['t'] },
          headers: { 'idempotency-key': '"crash"' },
        });
      const answered = proxy.holdAnswerTo(...held);
      const lost = send(client).catch((error: unknown) => String(error));
      await answered;
      await server.stop('SIGKILL');
      expect(await lost).toMatch(/fetch failed/);

      const { client: again } = await start(database.url);
      const notes = new Notes(again, user);
      const answer = await send(again);
      expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([201, replayed]);
      expect((await notes.list('')).data).toEqual([answer.body]);
      expect(answer.headers.get('location')).toBe(`/api/v1/notes/${String(answer.body.id)}`);
    },
    180_000,
  );
});
