import { DataSource } from 'typeorm';
import { OneTimeTokensService } from '../../src/auth/one-time-tokens/one-time-tokens.service';
import { signInAdmin } from './admins';
import type { TestApp } from './app';
import type { Answer, RequestOptions } from './client';

/** Routes whose 202 is all that there is to say. */
export const EMPTY_202 = /auth\/(password\/forgot|email\/(verification|change))$/;

/** What the example of a body is answered with. */
export function statusOf(path: string): number {
  if (/register|notes$|notebooks$|searches$|shares$|access-tokens$|invitations$/.test(path)) return 201;
  if (EMPTY_202.test(path) || path.endsWith('/bulk')) return 202;
  return /auth\/(password|password\/reset|email\/verify)$/.test(path) ? 204 : 200;
}

/** Tokens of links in mails, which no example can be: each of an account of its own, since a new password voids all other links. */
export async function pendingLinks({ app, client }: TestApp): Promise<{ verify: string; reset: string }> {
  const tokens = app.get(OneTimeTokensService, { strict: false });
  const [first, second] = [await client.signUp(), await client.signUp()];
  return app.get(DataSource).transaction(async (manager) => ({
    verify: await tokens.issue(manager, { purpose: 'verify-email', userId: first.userId, email: first.email }),
    reset: await tokens.issue(manager, { purpose: 'reset-password', userId: second.userId, email: second.email }),
  }));
}

type Ask = (route: string, id?: string, options?: RequestOptions & { query?: string }) => Promise<Answer>;

/** What administrators do, as far as the tour goes. */
export async function tourAdministration(server: TestApp, ask: Ask): Promise<void> {
  const { token, userId } = await signInAdmin(server);
  const other = await server.client.signUp();
  const USER = '/api/v1/admin/users/{id}';
  const INVITATIONS = '/api/v1/admin/invitations';
  await ask('GET /api/v1/admin/users', '', { token });
  await ask('GET /api/v1/admin/users', '', { token: other.token });
  await ask(`GET ${USER}`, other.userId, { token });
  await ask(`GET ${USER}/activity`, other.userId, { token });
  await ask(`PATCH ${USER}`, other.userId, { token, body: { quota: { notes: 1, bytes: 10 } } });
  const mine = { token: other.token };
  const { body: note } = await ask('POST /api/v1/notes', '', { ...mine, body: { title: 'The last' } });
  await ask('POST /api/v1/notes', '', { ...mine, body: { title: 'One more' } });
  await ask('PATCH /api/v1/notes/{id}', String(note.id), { ...mine, body: { body: 'More' } });
  await ask(`PATCH ${USER}`, other.userId, { token, body: { role: 'admin' } });
  await ask(`PATCH ${USER}`, userId, { token, body: { role: 'owner' } });
  await ask(`DELETE ${USER}/sessions`, other.userId, { token });
  const made = await ask(`POST ${INVITATIONS}`, '', { token, body: { email: 'guest@example.org' } });
  await ask(`POST ${INVITATIONS}`, '', { token, body: { email: other.email } });
  await ask(`GET ${INVITATIONS}`, '', { token });
  await ask(`DELETE ${INVITATIONS}/{id}`, String(made.body.id), { token });
}

/** What the note said, whose version is 2. */
export async function tourRevisions(ask: Ask, note: string): Promise<void> {
  const REVISIONS = '/api/v1/notes/{id}/revisions';
  await ask('PATCH /api/v1/notes/{id}', note, { body: { body: 'Around the API\nand back' } });
  await ask(`GET ${REVISIONS}`, note);
  await ask(`GET ${REVISIONS}/{version}`, note);
  await ask(`GET ${REVISIONS}/{version}/diff`, note);
  await ask(`GET ${REVISIONS}/{version}/diff`, note, { query: '?against=7' });
  await ask(`POST ${REVISIONS}/{version}/restore`, note, { headers: { 'If-Match': '"v1"' } });
  await ask(`POST ${REVISIONS}/{version}/restore`, note);
}

/** A note that links to itself, and what it leads to. */
export async function tourLinks(ask: Ask): Promise<void> {
  const made = await ask('POST /api/v1/notes', '', {
    body: { title: 'Knot', body: '[[Knot]] [[nothing]]', tags: ['x'] },
  });
  for (const part of ['links', 'backlinks', 'related']) {
    await ask(`GET /api/v1/notes/{id}/${part}`, String(made.body.id));
    await ask(`GET /api/v1/notes/{id}/${part}`, '00000000-0000-7000-8000-000000000000');
  }
}

/** Links to a note, and what they lead to. */
export async function tourShares(ask: Ask, note: string): Promise<void> {
  const MAKE = 'POST /api/v1/notes/{id}/shares';
  const SHARE = '/api/v1/shares/{id}';
  const SHARED = '/api/v1/shared/{token}';
  const first = { headers: { 'If-Match': '"v1"' } };
  const { body: open } = await ask(MAKE, note);
  const { body: closed } = await ask(MAKE, note, { body: { password: 'blue kettle' } });
  await ask(MAKE, note, { body: { password: 'short' } });
  await ask(MAKE, String(open.id));
  await ask('GET /api/v1/shares', '', { query: `?note=${note}` });
  await ask(`GET ${SHARE}`, String(open.id));
  await ask('GET /api/v1/changes', '', { query: '?types=share' });
  await ask(`GET ${SHARED}`, String(open.token), { token: undefined });
  await ask(`GET ${SHARED}`, String(closed.token), { token: undefined });
  await ask(`POST ${SHARED}`, String(closed.token), { token: undefined, body: { password: 'red kettle' } });
  await ask(`POST ${SHARED}`, String(closed.token), { token: undefined, body: { password: 'blue kettle' } });
  await ask(`PATCH ${SHARE}`, String(open.id), { body: { expiresAt: '2099-01-01' } });
  await ask(`PATCH ${SHARE}`, String(open.id), { body: { password: 'blue kettle' }, ...first });
  await ask(`DELETE ${SHARE}`, String(open.id), first);
  await ask(`DELETE ${SHARE}`, String(open.id));
  await ask(`GET ${SHARED}`, String(open.token), { token: undefined });
}

/** Notebooks, and the tags of the notes that there are. */
export async function tourOrganising(ask: Ask): Promise<void> {
  const NOTEBOOK = '/api/v1/notebooks/{id}';
  const first = { headers: { 'If-Match': '"v1"' } };
  const made = await ask('POST /api/v1/notebooks', '', { body: { name: 'Tour' } });
  const notebook = String(made.body.id);
  await ask('POST /api/v1/notebooks', '', { body: { name: 'tour' } });
  await ask('GET /api/v1/notebooks');
  await ask(`GET ${NOTEBOOK}`, notebook);
  await ask(`PATCH ${NOTEBOOK}`, notebook, { body: { name: 'Round' }, ...first });
  await ask(`PATCH ${NOTEBOOK}`, notebook, { body: { name: 'x' }, ...first });
  await ask(`DELETE ${NOTEBOOK}`, notebook, { query: '?notes=trash' });
  await ask(`DELETE ${NOTEBOOK}`, notebook, { query: '?notes=trash' });
  const SEARCH = '/api/v1/searches/{id}';
  const saved = await ask('POST /api/v1/searches', '', { body: { name: 'Tour', q: 'tour' } });
  const search = String(saved.body.id);
  await ask('POST /api/v1/searches', '', { body: { name: 'tour', q: 'x' } });
  await ask('GET /api/v1/searches');
  await ask(`GET ${SEARCH}`, search);
  await ask(`PATCH ${SEARCH}`, search, { body: { name: 'Round', sort: 'title' }, ...first });
  await ask(`PATCH ${SEARCH}`, search, { body: { name: 'x' }, ...first });
  await ask(`DELETE ${SEARCH}`, search);
  await ask(`DELETE ${SEARCH}`, search);
  const TAG = '/api/v1/tags/{id}';
  await ask('POST /api/v1/notes', '', { body: { title: 'Tagged', tags: ['tour one', 'tour two'] } });
  await ask('GET /api/v1/changes', '', { query: '?types=note,tag' });
  await ask('GET /api/v1/events', '', { query: '?since=none' });
  const tags = await ask('GET /api/v1/tags', '', { query: '?limit=100' });
  const [one = '', two = ''] = (tags.body.data as { id: string; name: string }[])
    .filter(({ name }) => name.startsWith('tour '))
    .map(({ id }) => id);
  await ask(`GET ${TAG}`, one);
  await ask(`PATCH ${TAG}`, one, { body: { name: 'tour three' }, ...first });
  await ask(`PATCH ${TAG}`, one, { body: { name: 'tour four' }, ...first });
  await ask(`PATCH ${TAG}`, one, { body: { name: 'Tour two' } });
  await ask(`POST ${TAG}/merge`, one, { body: { into: two } });
  await ask(`POST ${TAG}/merge`, one, { body: { into: two } });
  await ask(`DELETE ${TAG}`, two);
  await ask(`DELETE ${TAG}`, two);
}
