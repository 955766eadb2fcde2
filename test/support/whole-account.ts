import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newId } from '../../src/common/uuid';
import { SearchWords } from '../../src/notes/search-words';
import { ME } from './accounts';
import type { TestApp } from './app';
import type { SignedIn } from './client';
import { query } from './database';
import { finishedJob, upload } from './imports';

/** Each column that says whose a row is: it refers to users, or is called `user_id`. */
const COLUMNS = `
  select c.conrelid::regclass::text as table, a.attname as column
  from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
  where c.confrelid = 'users'::regclass
  union
  select table_name, column_name from information_schema.columns where column_name = 'user_id' and table_schema = 'public'`;

const HASH = `sha256(gen_random_uuid()::text::bytea)`;

/** $1 a new id, $2 the user. */
const ROWS = [
  `insert into identities (id, user_id, provider, subject) values ($1, $2, 'google', gen_random_uuid())`,
  `insert into access_tokens (id, user_id, name, hash, hint, scopes) values ($1, $2, 'x', ${HASH}, 'abcd', '{x}')`,
  `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, backed_up, name) values ($1, $2, ${HASH}, 'x', 0, '{}', true, 'x')`,
  `insert into one_time_tokens (id, user_id, purpose, hash, expires_at) values ($1, $2, 'x', ${HASH}, now())`,
  `insert into notebooks (id, user_id, name, name_key, seq) values ($1, $2, 'x', 'x', 0)`,
  `insert into searches (id, user_id, name, name_key, q, seq) values ($1, $2, 'x', 'x', 'x', 0)`,
  `insert into shares (id, user_id, note_id, hash, seq) select $1, $2, id, ${HASH}, 0 from notes where user_id = $2 limit 1`,
  `insert into idempotency_keys (user_id, key, fingerprint) values ($2, $1, ${HASH})`,
  `insert into invitations (id, invited_by, email, hash, expires_at) values ($1, $2, gen_random_uuid() || '@example.org', ${HASH}, now())`,
  `insert into invitations (id, email, hash, expires_at) select $1, email, ${HASH}, now() from users where id = $2`,
];

/** How many rows of each column are about a user. */
export async function rowsAbout(server: TestApp, { userId }: SignedIn): Promise<Record<string, number>> {
  const columns = await query<{ table: string; column: string }>(server.databaseUrl, COLUMNS);
  const counts: Record<string, number> = {};
  for (const { table, column } of columns) {
    const count = `select count(*)::integer as rows from ${table} where ${column} = $1`;
    const [row] = await query<{ rows: number }>(server.databaseUrl, count, [userId]);
    counts[`${table}.${column}`] = row?.rows ?? 0;
  }
  return counts;
}

/** All files that a server keeps. */
export function filesOf({ dataDir }: TestApp): string[] {
  const root = join(dataDir, 'files');
  if (!existsSync(root)) return [];
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

/** Asks for an import behind the server's back; for the time of a test, no worker finds it. Gives the path of its file. */
export async function addWaitingImport(server: TestApp, { userId }: SignedIn): Promise<string> {
  const fileKey = `imports/${newId()}`;
  const path = join(server.dataDir, 'files', fileKey);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '# Waiting');
  await query(
    server.databaseUrl,
    `insert into jobs (id, user_id, type, payload, touched_at) values ($1, $2, 'import-notes', $3, now() + interval '1 day')`,
    [newId(), userId, { fileKey, fileName: 'x.md', format: 'auto' }],
  );
  return path;
}

/** Gives a user something of everything, and `other` an event of which the user is the actor. Gives the user's files. */
export async function fillAccount(server: TestApp, user: SignedIn, other: SignedIn): Promise<string[]> {
  const { client, databaseUrl } = server;
  const { userId, token } = user;
  const before = new Set(filesOf(server));
  const note = { title: 'Mine', body: '[[Mine]]', tags: ['x'], url: 'https://example.org/' };
  const kept = await client.post('/api/v1/notes', { token, body: note });
  await client.patch(`/api/v1/notes/${String(kept.body.id)}`, { token, body: { title: 'Still mine' } });
  const trashed = await client.post('/api/v1/notes', { token, body: { title: 'Thrown away' } });
  await client.delete(`/api/v1/notes/${String(trashed.body.id)}`, { token });
  await finishedJob(client, token, await upload(client, token, '# Imported', 'a.md'));
  await finishedJob(client, token, await client.post(`${ME}/export`, { token }));
  // A mail, and what leads to it.
  await client.delete(ME, { token });
  await client.post(`${ME}/keep`, { token });
  for (const statement of ROWS) await query(databaseUrl, statement, [newId(), userId]);
  await query(databaseUrl, `insert into totp (user_id, secret) values ($1, 'x')`, [userId]);
  await query(databaseUrl, `insert into recovery_codes (user_id, hash) values ($1, 'x')`, [userId]);
  await query(databaseUrl, `insert into note_link_backlog (user_id) values ($1)`, [userId]);
  await query(
    databaseUrl,
    `insert into audit_events (id, user_id, actor_id, type) values ($1, $2, $3, 'role-changed')`,
    [newId(), other.userId, userId],
  );
  await server.app.get(SearchWords).run(new AbortController().signal);
  await addWaitingImport(server, user);
  return filesOf(server).filter((file) => !before.has(file));
}
