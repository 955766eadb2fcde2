import { ALL_SCOPES, type Scope } from '../../src/common/scopes';
import type { Client } from './client';

export const TOKENS = '/api/v1/access-tokens';

/** An access token as the API shows it; `token` only when it was just made. */
export interface AccessToken {
  id: string;
  name: string;
  hint: string;
  scopes: Scope[];
  expiresAt: string | null;
  lastUsedAt: string | null;
  lastUsedIp: string | null;
  createdAt: string;
}

export type MadeAccessToken = AccessToken & { token: string };

/** A new access token of a user whose session is fresh; with all scopes unless others are named. */
export async function makeAccessToken(
  client: Client,
  { token }: { token: string },
  fields: { name?: string; scopes?: Scope[]; expiresAt?: string | null } = {},
): Promise<MadeAccessToken> {
  const body = { name: 'A program', scopes: ALL_SCOPES, ...fields };
  const answer = await client.post<MadeAccessToken>(TOKENS, { token, body });
  if (answer.status !== 201) throw new Error(`The access token was not made: ${answer.text}`);
  return answer.body;
}
