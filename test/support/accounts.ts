import { randomBytes } from 'node:crypto';
import type { TestApp } from './app';
import type { Answer } from './client';
import { query } from './database';
import type { ProblemBody } from './notes';

export const PASSWORD = 'correct horse battery';
export const AUTH = '/api/v1/auth';
export const ME = '/api/v1/users/me';

export interface User {
  id: string;
  email: string;
  emailVerified: boolean;
  name: string | null;
  role: string;
  locale: string | null;
  timeZone: string | null;
  hasPassword: boolean;
  deleteAfter: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface Session {
  user: User;
  accessToken: string;
  tokenType: string;
  expiresIn: number;
  refreshToken: string;
}

/** An address that nobody else has. */
export const newAddress = (): string => `user-${randomBytes(6).toString('hex')}@example.org`;

/** What a JWT says, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

/** The routes of accounts and sessions, on one server. */
export class Accounts {
  constructor(private readonly server: TestApp) {}

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<Session & ProblemBody>> {
    return this.server.client.post(`${AUTH}/${path}`, { body, headers });
  }

  refresh(refreshToken: string): Promise<Answer<Session & ProblemBody>> {
    return this.post('refresh', { refreshToken });
  }

  me(token: string | undefined): Promise<Answer<User & ProblemBody>> {
    return this.server.client.get(ME, { token });
  }

  sql(text: string, values: unknown[]): Promise<object[]> {
    return query(this.server.databaseUrl, text, values);
  }
}
