import { createSecretKey } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verify } from 'jsonwebtoken';
import { Pool } from 'pg';
import { v7 } from 'uuid';
import { detectLanguage } from '../src/notes/languages/detect-language';
import type { NoteHeadlines, NoteHitRow, NoteRow } from '../src/notes/note-row';
import { highlightHtml } from '../src/notes/search/highlights';
import { HitMarker } from '../src/notes/search/mark-hits';
import type { BareStatements } from './statements';

/*
 * The least that a server of notes can be: node:http, pg, the same statements, the same check of the token, answers of the same shape. No framework,
 * validation, log, limits, or errors worth reading. It imports nothing that would make its memory larger than it must be.
 */

export interface BareSettings {
  databaseUrl: string;
  poolSize: number;
  jwtSecret: string;
  issuer: string;
  statements: BareStatements;
}

type Handler = (request: IncomingMessage, userId: string, url: URL) => Promise<{ status: number; body: unknown }>;

const LIMIT = 20;

process.once('message', (settings: BareSettings) => {
  const key = createSecretKey(Buffer.from(settings.jwtSecret, 'utf8'));
  const handlers = handlersOf(settings);
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      send(response, 500, { error: 'see the log' });
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const userId = userOf(request);
    if (userId === null) return send(response, 401, { error: 'no valid token' });
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { status, body } = await handlers[routeOf(request, url)](request, userId, url);
    send(response, status, body);
  };
  const userOf = (request: IncomingMessage): string | null => {
    try {
      const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
      const claims = verify(token, key, { algorithms: ['HS256'], issuer: settings.issuer });
      return typeof claims === 'object' ? (claims.sub ?? null) : null;
    } catch {
      return null;
    }
  };
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
});
for (const end of ['disconnect', 'SIGTERM']) process.once(end, () => process.exit(0));

function routeOf(request: IncomingMessage, url: URL): 'create' | 'search' | 'list' | 'get' {
  if (request.method === 'POST') return 'create';
  if (url.pathname !== '/api/v1/notes') return 'get';
  return url.searchParams.has('q') ? 'search' : 'list';
}

function handlersOf({ databaseUrl, poolSize, statements }: BareSettings): Record<ReturnType<typeof routeOf>, Handler> {
  const pool = new Pool({ connectionString: databaseUrl, max: poolSize });
  return {
    get: async (_request, userId, url) => {
      const id = url.pathname.slice('/api/v1/notes/'.length);
      const { rows } = await pool.query<NoteRow>({ ...statements.get, values: [id, userId] });
      return rows[0] === undefined ? { status: 404, body: {} } : { status: 200, body: noteOf(rows[0]) };
    },
    list: async (_request, userId) => {
      const { rows } = await pool.query<NoteRow>({ ...statements.list, values: [userId, LIMIT + 1] });
      return { status: 200, body: pageOf(rows, noteOf) };
    },
    create: async (request, userId) => {
      const { title, body, tags } = await readNote(request);
      const values = [...valuesOf(userId, title, body, tags), await detectLanguage(title, body), false, ...NO_LINKS];
      const { rows } = await pool.query<NoteRow>({ ...statements.create, values });
      return rows[0] === undefined ? { status: 401, body: {} } : { status: 201, body: noteOf(rows[0]) };
    },
    search: async (_request, userId, url) => {
      const { statement, terms } = searchOf(url.searchParams.get('q') ?? '', statements);
      const { rows } = await pool.query<NoteHitRow>({ ...statement, values: [userId, ...terms, LIMIT + 1] });
      const marker = HitMarker.of(terms.map((text) => ({ type: 'phrase', text })));
      return { status: 200, body: pageOf(rows, (row) => hitOf(row, marker?.mark(row))) };
    },
  };
}

/** Knows a word, two words, and a phrase. */
function searchOf(q: string, statements: BareStatements): { statement: BareStatements['get']; terms: string[] } {
  if (q.startsWith('"')) return { statement: statements.searchPhrase, terms: [q.slice(1, -1)] };
  const terms = q.split(' ');
  return { statement: terms.length === 1 ? statements.searchWord : statements.searchWords, terms };
}

async function readNote(request: IncomingMessage): Promise<{ title: string; body: string; tags: string[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const note = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { title: unknown; body: unknown; tags: unknown };
  const { title, body, tags } = note;
  if (typeof title !== 'string' || typeof body !== 'string' || !Array.isArray(tags)) throw new Error('Not a note');
  return { title, body, tags: tags.map(String) };
}

const NO_LINKS = [[], []];

function valuesOf(userId: string, title: string, body: string, tags: string[]): unknown[] {
  const now = new Date();
  const text = [v7(), userId, title, title.toLowerCase().slice(0, 100), body];
  const noUrl = [null, null, null];
  const rest = [false, null, null, 1, now, now, tags.map(() => v7()), tags, tags.map((tag) => tag.toLowerCase())];
  const quota = [1, Buffer.byteLength(title) + Buffer.byteLength(body), 0, 0];
  return [...text, ...noUrl, ...rest, tags.join(' '), null, ...quota];
}

function pageOf<Row extends NoteRow>(rows: Row[], itemOf: (row: Row) => unknown): unknown {
  const shown = rows.slice(0, LIMIT);
  const last = shown.at(-1);
  const hasMore = rows.length > LIMIT;
  const cursor = JSON.stringify(['-createdAt', last?.created_at.toISOString(), last?.id]);
  const nextCursor = hasMore ? Buffer.from(cursor).toString('base64url') : null;
  return { data: shown.map(itemOf), page: { nextCursor, hasMore } };
}

function noteOf(row: NoteRow): Record<string, unknown> {
  return {
    id: row.id,
    kind: row.url === null ? 'note' : 'bookmark',
    title: row.title,
    body: row.body,
    url: row.url,
    tags: row.tags,
    notebookId: row.notebook_id,
    pinned: row.pinned,
    language: row.language,
    isLanguageSet: row.language_set,
    archivedAt: row.archived_at?.toISOString() ?? null,
    deletedAt: row.deleted_at?.toISOString() ?? null,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function hitOf(row: NoteHitRow, headlines: NoteHeadlines | null | undefined): Record<string, unknown> {
  const title = highlightHtml(headlines?.title ?? '') ?? undefined;
  const body = highlightHtml(headlines?.body ?? '') ?? undefined;
  return { ...noteOf(row), score: row.score, highlights: { title, body } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
