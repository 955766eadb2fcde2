import { DataSource } from 'typeorm';
import { OneTimeTokensService } from '../../src/auth/one-time-tokens/one-time-tokens.service';
import { signInAdmin } from './admins';
import type { TestApp } from './app';
import type { Answer, RequestOptions, SignedIn } from './client';

/** Routes whose 202 is all that there is to say. */
export const EMPTY_202 = /auth\/(password\/forgot|email\/(verification|change))$/;

/** What the example of a body is answered with. */
export function statusOf(path: string): number {
  if (/register|notes$|access-tokens$|invitations$/.test(path)) return 201;
  if (EMPTY_202.test(path) || path.endsWith('/bulk')) return 202;
  return /auth\/(password|password\/reset|email\/verify)$/.test(path) ? 204 : 200;
}

/** Tokens of links in mails, which no example can be. */
export function pendingLinks(
  { app }: TestApp,
  { userId, email }: SignedIn,
): Promise<{ verify: string; reset: string }> {
  const tokens = app.get(OneTimeTokensService, { strict: false });
  return app.get(DataSource).transaction(async (manager) => ({
    verify: await tokens.issue(manager, { purpose: 'verify-email', userId, email }),
    reset: await tokens.issue(manager, { purpose: 'reset-password', userId, email }),
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
  await ask(`PATCH ${USER}`, other.userId, { token, body: { role: 'admin' } });
  await ask(`PATCH ${USER}`, userId, { token, body: { role: 'owner' } });
  await ask(`DELETE ${USER}/sessions`, other.userId, { token });
  const made = await ask(`POST ${INVITATIONS}`, '', { token, body: { email: 'guest@example.org' } });
  await ask(`POST ${INVITATIONS}`, '', { token, body: { email: other.email } });
  await ask(`GET ${INVITATIONS}`, '', { token });
  await ask(`DELETE ${INVITATIONS}/{id}`, String(made.body.id), { token });
}
