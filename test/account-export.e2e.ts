import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../src/common/uuid';
import { EXPORT_SECTIONS } from '../src/transfer/export/export-sections';
import { ExportFiles } from '../src/transfer/export/export-files';
import { ME } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import { readAll, type SignedIn } from './support/client';
import { query } from './support/database';
import { finishedJob, upload } from './support/imports';
import { Notebooks } from './support/notebooks';
import { type Note, Notes } from './support/notes';
import { expectProblem } from './support/problems';
import { unzip } from './support/unzip';

const EXPORT = `${ME}/export`;

/** What a note has in one account only. */
const OF_ACCOUNT = new Set(['id', 'version', 'notebookId']);

/** Tables about users of which nothing is exported, and why. */
const NOT_LISTED = {
  users: 'profile.json',
  notes: 'notes.jsonl',
  revisions: 'revisions.jsonl',
  note_links: 'links in the texts of the notes',
  note_link_backlog: 'how far the links were read',
  search_words: 'words of the notes',
  search_word_lists: 'how far the words were collected',
  changes: 'when what is exported changed last; for clients that synchronise',
  totp: 'a secret; profile.json says since when',
  recovery_codes: 'hashes; profile.json says how many',
  one_time_tokens: 'hashes of secrets that live for minutes',
  idempotency_keys: 'answers of the last day, to what is exported anyway',
};

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server.close());

const sql = (text: string, values: unknown[] = []) => query<Record<string, unknown>>(server.databaseUrl, text, values);
const filesOf = (area: string): string[] => {
  const folder = join(server.dataDir, 'files', area);
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** The zip of a new export. */
async function exported(user: SignedIn): Promise<{ id: string; zip: Buffer; files: Map<string, string> }> {
  const asked = await server.client.post(EXPORT, { token: user.token });
  const job = await finishedJob(server.client, user.token, asked);
  if (job.status !== 'completed') throw new Error(`The export ${job.status}: ${JSON.stringify(job.error)}`);
  const zip = await download(user.token, job.id);
  expect(job.result).toMatchObject({ size: zip.length, expiresAt: expect.any(String) });
  return { id: job.id, zip, files: await unzip(zip) };
}

async function download(token: string, id: string): Promise<Buffer> {
  const response = await fetch(`${server.client.url}${EXPORT}/${id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/zip');
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="commonplace-\d{4}-\d\d-\d\d\.zip"$/,
  );
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  const zip = Buffer.from(await response.arrayBuffer());
  expect(Number(response.headers.get('content-length'))).toBe(zip.length);
  return zip;
}

describe('an export of the account', () => {
  it('brings every note back, exactly, when it is imported into another account', async () => {
    const notes = await Notes.signUp(server.client);
    await notes.create({
      title: 'Two  blanks: "quoted" #no',
      body: '# Heading\r\n\r\ntext \n',
      tags: ['One', 'two words'],
    });
    const notebooks = new Notebooks(server.client, notes.user);
    const [outer, inner] = await notebooks.createPath('Outer, with a comma', 'In: "ner"');
    await notes.create({ body: 'no title\n---\n', notebookId: inner?.id });
    await notes.create({ body: '---\ntitle: mine\n---\n\ntext', pinned: true });
    await notes.create({ url: 'https://example.org/?q=<a>&b', tags: ['Ünï'], archived: true });
    await notes.create({
      title: 'Page',
      url: 'https://example.org/page',
      body: 'Why I keep it',
      notebookId: outer?.id,
    });
    const trashed = await notes.create({ title: 'Thrown away' });
    await notes.trash(trashed.id);

    const { zip, files } = await exported(notes.user);
    const other = await server.client.signUp();
    const job = await finishedJob(server.client, other.token, await upload(server.client, other.token, zip, 'a.zip'));
    expect(job).toMatchObject({ status: 'completed', result: { created: 5, skipped: 0 } });
    // Only what is no Markdown is left out.
    expect(job.result.problems.map(({ file }) => file).toSorted()).toEqual(
      [...files.keys()].filter((file) => !file.endsWith('.md')).toSorted(),
    );
    const contents = async (user: SignedIn) => {
      const list = await readAll<Note>(server.client, '/api/v1/notes?sort=createdAt', user.token);
      return list.map((note) => Object.fromEntries(Object.entries(note).filter(([name]) => !OF_ACCOUNT.has(name))));
    };
    expect(await contents(other)).toEqual(await contents(notes.user));
    expect(await new Notebooks(server.client, other).tree()).toEqual(await notebooks.tree());
  });

  it('has the account, its ways in, its activity, and every field of every note, and no secret', async () => {
    const notes = await Notes.signUp(server.client);
    const { userId } = notes.user;
    const { id: notebookId } = await new Notebooks(server.client, notes.user).create('Mine');
    const kept = await notes.create({ title: 'Kept', url: 'https://example.org/<x>', tags: ['a', 'b'], notebookId });
    const trashed = await notes.create({ title: 'Thrown away', body: 'x'.repeat(1_000_000) });
    for (const body of ['and changed', 'but not yet gone']) {
      await notes.send('PATCH', `/${trashed.id}`, { body });
      await sql(`update notes set text_by = null where id = $1`, [trashed.id]);
    }
    await notes.trash(trashed.id);
    await fillAccount(userId);
    const { files } = await exported(notes.user);

    const names = [...files.keys()].map((name) => name.replace(/-[0-9a-f]{12}\.md$/, '.md'));
    expect(names).toEqual([
      'profile.json',
      ...EXPORT_SECTIONS.map(({ file }) => file),
      'bookmarks.html',
      'notes.jsonl',
      'revisions.jsonl',
      'notes/kept.md',
    ]);
    const json = (name: string): unknown => JSON.parse(files.get(name) ?? '');
    expect(json('profile.json')).toMatchObject({
      id: userId,
      email: notes.user.email,
      hasPassword: true,
      locale: null,
    });
    expect(json('sessions.json')).toEqual([expect.objectContaining({ method: 'password', ip: '127.0.0.1' })]);
    expect(json('identities.json')).toEqual([expect.objectContaining({ provider: 'google', subject: 'subject' })]);
    expect(json('access-tokens.json')).toEqual([
      expect.objectContaining({ name: 'Script', hint: 'abcd', scopes: ['notes:read'] }),
    ]);
    expect(json('passkeys.json')).toEqual([expect.objectContaining({ name: 'Key', backedUp: true })]);
    expect(json('activity.json')).toMatchObject([
      { type: 'registered' },
      { type: 'signed-in', detail: { method: 'password' } },
      { type: 'export-requested' },
    ]);
    expect(json('jobs.json')).toMatchObject([{ type: 'export-account' }]);
    expect(json('notebooks.json')).toMatchObject([{ id: notebookId, parentId: null, name: 'Mine' }]);
    expect(json('shares.json')).toMatchObject([{ noteId: kept.id, hasPassword: true, expiresAt: null, version: 1 }]);
    expect(json('tags.json')).toMatchObject([{ name: 'a' }, { name: 'b' }]);
    const lines = (files.get('notes.jsonl') ?? '').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Note)).toEqual([
      await notes.read(kept.id),
      await notes.read(trashed.id),
    ]);
    const revisions = (files.get('revisions.jsonl') ?? '').trim().split('\n');
    expect(revisions.map((line) => JSON.parse(line) as object)).toMatchObject([
      { noteId: trashed.id, version: 1, title: 'Thrown away', body: trashed.body },
      { noteId: trashed.id, version: 2, title: 'Thrown away', body: 'and changed' },
    ]);
    expect(files.get('bookmarks.html')).toContain('<DT><A HREF="https://example.org/&lt;x&gt;" ADD_DATE="');
    const secrets = /hash|argon2|SECRET/;
    expect([...files].filter(([, content]) => secrets.test(content)).map(([name]) => name)).toEqual([]);
  });

  it('leaves out no table that is about a user, but those that are named here', async () => {
    const tables = await sql(
      `select distinct c.conrelid::regclass::text as name from pg_constraint c where c.confrelid = 'users'::regclass
       union select table_name from information_schema.columns where column_name = 'user_id' and table_schema = 'public' union select 'users'`,
    );
    const known = [...EXPORT_SECTIONS.map(({ table }) => table), ...Object.keys(NOT_LISTED)];
    expect(tables.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
  });

  it('is one at a time, also when several are asked for at once; when it is done, another can be made', async () => {
    // Where no job is run, so that none is done meanwhile.
    const idle = await startReplica({ environment: { WORKER: 'off' } });
    try {
      const { token } = await idle.client.signUp();
      const ask = () => idle.client.post(EXPORT, { token });
      const answers = await Promise.all([ask(), ask(), ask()]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409]);
      const made = answers.find(({ status }) => status === 202);
      expect(made?.headers.get('location')).toBe(`/api/v1/jobs/${String(made?.body.id)}`);
      expectProblem(await ask(), 409, 'conflict', EXPORT);
      await query(idle.databaseUrl, `update jobs set status = 'completed', finished_at = now()`);
      expect((await ask()).status).toBe(202);
    } finally {
      await idle.close();
    }
  });

  it('is its owner’s only, and 404 until it is done, for a job of another kind, and when it has expired', async () => {
    const [owner, stranger] = [await server.client.signUp(), await server.client.signUp()];
    const { id } = await exported(owner);
    const path = `${EXPORT}/${id}`;
    const get = (of: SignedIn, jobId = id) => server.client.get(`${EXPORT}/${jobId}`, { token: of.token });
    expectProblem(await get(stranger), 404, 'not-found', path);
    expect((await get(owner, newId())).status).toBe(404);
    const other = await finishedJob(
      server.client,
      owner.token,
      await upload(server.client, owner.token, '# x', 'x.md'),
    );
    expect((await get(owner, other.id)).status).toBe(404);
    await sql(`update jobs set status = 'active' where id = $1`, [id]);
    expect((await get(owner)).status).toBe(404);
    await sql(`update jobs set status = 'completed' where id = $1`, [id]);
    expect((await get(owner)).status).toBe(200);
    await sql(`update jobs set result = result || '{"expiresAt": "2020-01-01T00:00:00.000Z"}' where id = $1`, [id]);
    expect((await get(owner)).status).toBe(404);
  });

  it('needs a fresh sign-in, and no access token can ask for it', async () => {
    const user = await server.client.signUp();
    await sql(`update sessions set authenticated_at = now() - interval '1 hour' where user_id = $1`, [user.userId]);
    const { body } = await server.client.post('/api/v1/auth/refresh', { body: { refreshToken: user.refreshToken } });
    const stale = await server.client.post(EXPORT, { token: String(body.accessToken) });
    expectProblem(stale, 403, 'fresh-sign-in-required', EXPORT);
  });

  it('keeps the newest of a user, for a day, and nothing that a crash left', async () => {
    const [user, other] = [await server.client.signUp(), await server.client.signUp()];
    const foreign = await exported(other);
    const first = await exported(user);
    const second = await exported(user);
    expect((await server.client.get(`${EXPORT}/${first.id}`, { token: user.token })).status).toBe(404);
    expect(filesOf('exports')).toEqual(expect.arrayContaining([second.id, foreign.id]));
    const area = join(server.dataDir, 'files', 'exports');
    const draft = `${newId()}.${newId()}.part`;
    writeFileSync(join(area, draft), 'half');
    const before = new Date(Date.now() - 25 * 3_600_000);
    for (const name of [draft, second.id]) utimesSync(join(area, name), before, before);
    await server.app.get(ExportFiles, { strict: false }).run();
    expect(filesOf('exports')).not.toContain(second.id);
    expect(filesOf('exports')).not.toContain(draft);
    expect(filesOf('exports')).toContain(foreign.id);
  });
});

async function fillAccount(userId: string): Promise<void> {
  const ids = [newId(), userId];
  await sql(`insert into identities (id, user_id, provider, subject) values ($1, $2, 'google', 'subject')`, ids);
  await sql(
    `insert into access_tokens (id, user_id, name, hash, hint, scopes) values ($1, $2, 'Script', 'SECRET', 'abcd', '{notes:read}')`,
    ids,
  );
  await sql(
    `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, backed_up, name)
     values ($1, $2, 'SECRET', 'SECRET', 0, '{}', true, 'Key')`,
    ids,
  );
  await sql(`insert into totp (user_id, secret, confirmed_at) values ($1, 'SECRET', now())`, [userId]);
  await sql(`insert into recovery_codes (user_id, hash) values ($1, 'SECRET')`, [userId]);
  await sql(
    `insert into shares (id, user_id, note_id, hash, password_hash, seq)
     select $1, $2, id, 'SECRET', 'SECRET', 0 from notes where user_id = $2 and deleted_at is null`,
    ids,
  );
}
