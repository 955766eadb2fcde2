import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ZipFile } from 'yazl';
import { startTestApp, type TestApp } from './support/app';
import { type SignedIn, readAll } from './support/client';
import { finishedJob, upload } from './support/imports';

const BOOKMARKS = join(__dirname, 'fixtures', 'bookmarks');

interface Note {
  id: string;
  kind: string;
  title: string | null;
  body: string | null;
  url: string | null;
  tags: string[];
  notebookId: string | null;
  createdAt: string;
}

describe('imports', () => {
  let server: TestApp;
  let user: SignedIn;

  beforeAll(async () => {
    server = await startTestApp({ environment: { IMPORT_LIMIT_BYTES: '3000000' } });
  });

  beforeEach(async () => {
    user = await server.client.signUp();
  });

  afterAll(() => server.close());

  it('answers 202 with a job and its Location, and adds the notes of a zip with their front matter and folders', async () => {
    const zip = await zipOf({
      'vault/work/plan.md': '---\ntitle: The plan\ntags: [alpha, Beta]\ncreated: 2024-02-03\n---\nFirst *this*.',
      'vault/ideas.md': '# Ideas\n\nMany.',
    });
    const answer = await upload(server.client, user.token, zip, 'vault.zip');
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ type: 'import-notes', error: null });
    expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${String(answer.body.id)}`);

    const job = await finishedJob(server.client, user.token, answer);
    expect(job).toMatchObject({
      status: 'completed',
      progress: { fraction: 1, done: 2, total: 2 },
      result: { created: 2, updated: 0, skipped: 0, refused: 0, problems: [] },
    });
    const notes = await readAll<Note>(server.client, '/api/v1/notes?sort=title', user.token);
    expect(notes).toMatchObject([
      { title: 'Ideas', body: '# Ideas\n\nMany.', tags: [], kind: 'note' },
      {
        title: 'The plan',
        body: 'First *this*.',
        tags: ['alpha', 'Beta'],
        createdAt: '2024-02-03T00:00:00.000Z',
      },
    ]);
    const [work] = await readAll<{ id: string }>(server.client, '/api/v1/notebooks', user.token);
    expect(notes.map(({ notebookId }) => notebookId)).toEqual([null, work?.id]);
  });

  it.each(readdirSync(BOOKMARKS).filter((name) => name.endsWith('.html')))(
    'imports %s, and skips all of it the second time',
    async (name) => {
      const file = readFileSync(join(BOOKMARKS, name));
      const first = await finishedJob(server.client, user.token, await upload(server.client, user.token, file, name));
      expect(first.status).toBe('completed');
      expect(first.result.created).toBeGreaterThan(0);
      const notes = await readAll<Note>(server.client, '/api/v1/notes?kind=bookmark', user.token);
      expect(notes).toHaveLength(first.result.created);

      const second = await finishedJob(server.client, user.token, await upload(server.client, user.token, file, name));
      expect(second.result).toMatchObject({
        created: 0,
        skipped: first.result.created + first.result.skipped,
        refused: first.result.refused,
      });
      expect(await readAll<Note>(server.client, '/api/v1/notes', user.token)).toHaveLength(notes.length);
    },
  );

  it('lists what it refuses, by file and line, and adds the rest', async () => {
    const html = [
      '<!DOCTYPE NETSCAPE-Bookmark-file-1>',
      '<DL><p>',
      '<DT><A HREF="https://example.org/">Good</A>',
      '<DT><A HREF="javascript:alert(1)">Bad</A>',
      '</DL>',
    ].join('\n');
    const job = await finishedJob(
      server.client,
      user.token,
      await upload(server.client, user.token, html, 'mixed.html'),
    );
    expect(job.result).toMatchObject({ created: 1, refused: 1, problems: [{ file: 'mixed.html', line: 4 }] });
  });

  it('imports every README of the installed packages with its text whole', async () => {
    const files = readmes(300);
    expect(files.size).toBeGreaterThan(200);
    const job = await finishedJob(
      server.client,
      user.token,
      await upload(server.client, user.token, await zipOf(Object.fromEntries(files)), 'readmes.zip'),
    );
    expect(job).toMatchObject({ status: 'completed', result: { refused: 0 } });
    const notes = await readAll<Note>(server.client, '/api/v1/notes?limit=100', user.token);
    expect(notes).toHaveLength(job.result.created);
    const bodies = new Set(notes.map((note) => note.body));
    const plain = [...files.values()].filter((text) => !text.startsWith('---') && text.trim() !== '');
    const missing = plain.filter((text) => !bodies.has(text.replaceAll('\r\n', '\n').replace(/^\uFEFF/, '')));
    expect(missing.filter((text) => !/\p{Cc}/u.test(text.replace(/[\n\r\t]/g, ''))).slice(0, 3)).toEqual([]);
  });

  it.each([
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'picture.png', 415, 'unsupported-type'],
    ['invalid UTF-8', Buffer.from([0x23, 0x20, 0xff, 0xfe, 0xfd, 0x80]), 'broken.md', 422, 'invalid-encoding'],
    ['an empty file', Buffer.alloc(0), 'empty.md', 422, 'empty'],
    ['a file over the limit', Buffer.alloc(3_000_001, 'a'), 'large.md', 413, 'too-large'],
  ])('refuses %s with a clear problem, and keeps nothing of it', async (_, content, name, status, reason) => {
    const answer = await upload(server.client, user.token, content, name);
    expect(answer).toMatchObject({ status, body: { type: 'urn:commonplace:problem:import-refused', reason } });
    expect(readdirSync(join(server.dataDir, 'files', 'imports'))).toEqual([]);
    expect((await server.client.get<{ data: unknown[] }>('/api/v1/jobs', { token: user.token })).body.data).toEqual([]);
  });

  it.each([
    ['a path that leads out of the zip', '../../etc/passwd.md', 'zip-unsafe-path'],
    ['an absolute path', '/etc/passwd.md', 'zip-unsafe-path'],
  ])('refuses a zip with %s', async (_, path, reason) => {
    // No honest library writes such a name: it takes the place of one of the same length.
    const honest = 'x'.repeat(path.length);
    const zip = await zipOf({ [honest]: '# x' });
    const forged = Buffer.from(zip.toString('latin1').replaceAll(honest, path), 'latin1');
    expect(await upload(server.client, user.token, forged, 'unsafe.zip')).toMatchObject({
      status: 422,
      body: { reason },
    });
  });

  it('refuses a zip that expands to far more than it is', async () => {
    const bomb = await zipOf({ 'a.md': 'a'.repeat(30_000_000) });
    expect(bomb.length).toBeLessThan(100_000);
    expect(await upload(server.client, user.token, bomb, 'bomb.zip')).toMatchObject({
      status: 422,
      body: { reason: 'zip-bomb' },
    });
  });

  it('refuses by its declared size what it would otherwise read for minutes', async () => {
    const declared = await declareUpload(server.client.url, user.token, 2_000_000_000);
    expect(declared).toMatch(/^HTTP\/1\.1 413 [^]*"reason":"too-large"/);
  });

  it('takes the format before or after the file', async () => {
    const before = await upload(
      server.client,
      user.token,
      '<a href="https://example.org/">x</a>',
      'x.html',
      'markdown',
    );
    expect(before.status).toBe(202);
    const form = new FormData();
    form.set('file', new Blob(['# x']), 'x.md');
    form.set('format', 'netscape');
    const after = await server.client.post('/api/v1/imports', { token: user.token, form });
    expect(after).toMatchObject({ status: 415, body: { reason: 'unsupported-type' } });
  });

  it('refuses a request without a file, and an unknown format', async () => {
    const empty = new FormData();
    empty.set('format', 'markdown');
    expect(await server.client.post('/api/v1/imports', { token: user.token, form: empty })).toMatchObject({
      status: 400,
    });
    expect(await upload(server.client, user.token, '# x', 'x.md', 'word')).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/format' }] },
    });
    expect(await server.client.post('/api/v1/imports', { token: user.token, body: {} })).toMatchObject({ status: 415 });
  });

  it('keeps one user’s import from another', async () => {
    const answer = await upload(server.client, user.token, '# Mine', 'mine.md');
    await finishedJob(server.client, user.token, answer);
    const stranger = await server.client.signUp();
    expect((await server.client.get(`/api/v1/jobs/${String(answer.body.id)}`, { token: stranger.token })).status).toBe(
      404,
    );
    expect(await readAll(server.client, '/api/v1/notes', stranger.token)).toEqual([]);
  });

  it('removes the uploaded file when the job has ended', async () => {
    await finishedJob(server.client, user.token, await upload(server.client, user.token, '# Once', 'once.md'));
    for (let tries = 0; tries < 50 && readdirSync(join(server.dataDir, 'files', 'imports')).length > 0; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(readdirSync(join(server.dataDir, 'files', 'imports'))).toEqual([]);
  });
});

/** Sends the head of an upload that says it is `bytes` long, and its first bytes; gives the answer. */
async function declareUpload(url: string, token: string, bytes: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = [
    'POST /api/v1/imports HTTP/1.1',
    `Host: ${hostname}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: multipart/form-data; boundary=x',
    `Content-Length: ${bytes}`,
  ];
  const part = ['--x', 'Content-Disposition: form-data; name="file"; filename="large.md"', '', '# large'];
  socket.write([...head, '', ...part].join('\r\n'));
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

/** README files of installed packages, real Markdown of many authors. */
function readmes(most: number): Map<string, string> {
  const found = new Map<string, string>();
  const root = join(__dirname, '..', 'node_modules');
  for (const name of readdirSync(root)) {
    if (found.size >= most) break;
    const path = join(root, name, 'README.md');
    try {
      found.set(`${name}/README.md`, readFileSync(path, 'utf8'));
    } catch (error) {
      if (!/ENOENT|ENOTDIR/.test(String(error))) throw error;
    }
  }
  return found;
}

async function zipOf(files: Record<string, string>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
