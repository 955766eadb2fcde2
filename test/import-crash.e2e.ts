import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Client } from './support/client';
import { createTestDatabase, type TestDatabase } from './support/database';
import { eventually } from './support/eventually';
import { finishedJob, type ImportJob, upload } from './support/imports';
import { redisServerPath, TestRedis } from './support/redis';
import { ServerProcess } from './support/server-process';

const BOOKMARKS = 6_000;

/** Longer than the queue takes to notice that a worker is gone. */
const FINISH_MS = 90_000;

describe('an import that is interrupted', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'commonplace-crash-'));
  let database: TestDatabase;
  let servers: ServerProcess[];

  beforeEach(async () => {
    database = await createTestDatabase();
    servers = [];
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await database.drop();
  });

  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  async function start(environment: Record<string, string> = {}): Promise<{ server: ServerProcess; client: Client }> {
    const server = ServerProcess.start('main', {
      PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      ...environment,
    });
    servers.push(server);
    return { server, client: await server.ready() };
  }

  it('goes on after kill -9 and a start, with no note lost and none doubled', async () => {
    const { server, client } = await start();
    const { token } = await client.signUp();
    const answer = await upload(client, token, bookmarksFile(), 'bookmarks.html');
    const before = await inTheMiddle(client, token, String(answer.body.id));
    await server.stop('SIGKILL');

    const { client: again } = await start();
    const job = await finishedJob(again, token, answer, FINISH_MS);
    expect(before).toBeLessThan(BOOKMARKS);
    expect(job).toMatchObject({ status: 'completed', result: { created: BOOKMARKS, skipped: 0, refused: 0 } });
    expect(await distinctUrls(again, token)).toBe(BOOKMARKS);
  }, 180_000);

  it('is put back by SIGTERM, and goes on at the next start', async () => {
    const { server, client } = await start();
    const { token } = await client.signUp();
    const answer = await upload(client, token, bookmarksFile(), 'bookmarks.html');
    await inTheMiddle(client, token, String(answer.body.id));
    expect(await server.stop('SIGTERM')).toBe(0);

    const { client: again } = await start();
    const job = await finishedJob(again, token, answer, FINISH_MS);
    expect(job).toMatchObject({
      status: 'completed',
      error: null,
      result: { created: BOOKMARKS, skipped: 0, refused: 0 },
    });
  }, 180_000);

  // Where there is no redis-server, the PostgreSQL queue is the only one that can be used, and tested.
  if (redisServerPath() !== undefined) {
    it('goes on after Redis was killed in the middle and started again, empty', async () => {
      const redis = await TestRedis.start();
      try {
        const { client } = await start({ REDIS_URL: redis.url });
        const { token } = await client.signUp();
        const answer = await upload(client, token, bookmarksFile(), 'bookmarks.html');
        await inTheMiddle(client, token, String(answer.body.id));
        await redis.stop();
        const meanwhile = await upload(client, token, '# Asked for while Redis was away', 'meanwhile.md');
        expect(meanwhile.status).toBe(202);
        await redis.resume();

        const job = await finishedJob(client, token, answer, FINISH_MS);
        expect(job).toMatchObject({ status: 'completed', result: { created: BOOKMARKS, skipped: 0, refused: 0 } });
        expect(await finishedJob(client, token, meanwhile, FINISH_MS)).toMatchObject({
          status: 'completed',
          result: { created: 1 },
        });
        expect(await distinctUrls(client, token)).toBe(BOOKMARKS);
      } finally {
        await redis.close();
      }
    }, 240_000);
  }
});

/** How far the import is, once it has begun and not ended. */
function inTheMiddle(client: Client, token: string, id: string): Promise<number> {
  return eventually(
    'The import is in the middle',
    async () => {
      const { body } = await client.get<ImportJob>(`/api/v1/jobs/${id}`, { token });
      return body.status === 'active' && body.progress.done > 0 ? body.progress.done : undefined;
    },
    30_000,
  );
}

async function distinctUrls(client: Client, token: string): Promise<number> {
  const urls = new Set<string>();
  let path: string | undefined = '/api/v1/notes?kind=bookmark&limit=100';
  let notes = 0;
  while (path !== undefined) {
    const answer: Answer<{ data: { url: string }[] }> = await client.get(path, { token });
    for (const { url } of answer.body.data) urls.add(url);
    notes += answer.body.data.length;
    path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  if (notes !== urls.size) throw new Error(`${notes} notes with ${urls.size} addresses`);
  return notes;
}

function bookmarksFile(): string {
  const lines = Array.from(
    { length: BOOKMARKS },
    (_, index) =>
      `<DT><A HREF="https://example.org/page/${index}" ADD_DATE="${1_500_000_000 + index}">Page ${index}</A>`,
  );
  return `<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n${lines.join('\n')}\n</DL>\n`;
}
