/**
 * A client whose paths, parameters, bodies and answers are checked by the compiler.
 *
 *     npx openapi-typescript http://127.0.0.1:3000/docs/openapi.json -o commonplace.ts
 *     npm install openapi-fetch
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './commonplace.js';

type Note = components['schemas']['NoteResponse'];

/** What was sent and how it was answered, one line a request. */
async function tour(baseUrl: string): Promise<string[]> {
  const client = createClient<paths>({ baseUrl });
  const log: string[] = [];
  client.use({
    onResponse: ({ request, response }) => {
      log.push(`${request.method} ${new URL(request.url).pathname.split('/')[3]} ${response.status}`);
    },
  });

  const account = { email: `${crypto.randomUUID()}@example.org`, password: 'correct horse battery' };
  const session = await client.POST('/api/v1/auth/register', { body: account });
  if (session.data === undefined) throw new Error(session.error.detail);
  client.use({
    onRequest: ({ request }) => request.headers.set('Authorization', `Bearer ${session.data.accessToken}`),
  });

  const created = await client.POST('/api/v1/notes', { body: { title: 'Typed', tags: ['api'] } });
  if (created.data === undefined) throw new Error(created.error.detail);
  const note: Note = created.data;

  const listed = await client.GET('/api/v1/notes', { params: { query: { tag: ['api'], limit: 10 } } });
  log.push(`listed ${listed.data?.data.map(({ title }) => title).join()}`);

  const found = await client.GET('/api/v1/notes', { params: { query: { q: 'typed' } } });
  log.push(`found ${found.data?.data.map(({ highlights }) => highlights?.title).join()}`);

  const params = { path: { id: note.id }, header: { 'If-Match': `"v${note.version}"` } };
  const patched = await client.PATCH('/api/v1/notes/{id}', { params, body: { pinned: true } });
  log.push(`pinned ${patched.data?.pinned}`);

  const late = await client.PATCH('/api/v1/notes/{id}', { params, body: { title: 'Too late' } });
  if (late.error !== undefined && 'currentVersion' in late.error) log.push(`current ${late.error.currentVersion}`);

  await client.DELETE('/api/v1/notes/{id}', { params: { path: { id: note.id } } });
  return log;
}

process.stdout.write(`${(await tour(process.argv[2] ?? 'http://127.0.0.1:3000')).join('\n')}\n`);
