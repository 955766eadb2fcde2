import { DataSource } from 'typeorm';
import { OneTimeTokensService } from '../../src/auth/one-time-tokens/one-time-tokens.service';
import type { TestApp } from './app';
import type { SignedIn } from './client';

/** Routes whose 202 is all that there is to say. */
export const EMPTY_202 = /auth\/(password\/forgot|email\/(verification|change))$/;

/** What the example of a body is answered with. */
export function statusOf(path: string): number {
  if (/register|notes$|access-tokens$/.test(path)) return 201;
  if (EMPTY_202.test(path)) return 202;
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
