import { Secret, TOTP } from 'otpauth';
import { AUTH, PASSWORD, type Session } from './accounts';
import type { TestApp } from './app';
import type { Answer, SignedIn } from './client';
import { query } from './database';
import type { ProblemBody } from './notes';

/** The code that an authenticator app shows, `steps` of 30 s from now. */
export function codeOf(secret: string, steps = 0): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + steps * 30_000 });
}

/** A code that is none of those that would be taken in these minutes. */
export function wrongCodeOf(secret: string): string {
  const right = new Set([-3, -2, -1, 0, 1, 2, 3].map((steps) => codeOf(secret, steps)));
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555', '666666', '777777'].find((c) => !right.has(c)) ?? ''
  );
}

export interface SecondFactorUser extends SignedIn {
  secret: string;
  recoveryCodes: string[];
}

/** An account that asks for a second factor, whose app has given no code yet that counts. */
export async function signUpWithTotp(server: TestApp): Promise<SecondFactorUser> {
  const user = await server.client.signUp();
  const { token } = user;
  const begun = await server.client.post<{ secret: string }>(`${AUTH}/totp`, { token });
  const { secret } = begun.body;
  const confirmed = await server.client.post<{ recoveryCodes: string[] }>(`${AUTH}/totp/confirm`, {
    token,
    body: { code: codeOf(secret) },
  });
  if (confirmed.status !== 200) throw new Error(`The second factor is not on: ${confirmed.text}`);
  await forgetLastCode(server, user.userId);
  return { ...user, secret, recoveryCodes: confirmed.body.recoveryCodes };
}

/** So that a test need not wait for the next code. */
export async function forgetLastCode(server: TestApp, userId: string): Promise<void> {
  await query(server.databaseUrl, `update totp set last_step = 0 where user_id = $1`, [userId]);
}

/** The ticket of a sign-in with the right password. */
export async function ticketOf(server: TestApp, email: string, tokenDelivery?: 'cookie'): Promise<string> {
  const answer = await server.client.post<{ ticket: string }>(`${AUTH}/login`, {
    body: { email, password: PASSWORD, tokenDelivery },
  });
  if (answer.status !== 401 || !answer.body.ticket) throw new Error(`There is no ticket: ${answer.text}`);
  return answer.body.ticket;
}

export function finish(server: TestApp, ticket: string, code: string): Promise<Answer<Session & ProblemBody>> {
  return server.client.post(`${AUTH}/second-factor`, { body: { ticket, code } });
}

/** The subjects of the mails to an account, the latest last, without the one that every new account gets. */
export async function mailsTo(server: TestApp, userId: string): Promise<string[]> {
  const rows = await query<{ subject: string }>(
    server.databaseUrl,
    `select subject from mails where user_id = $1 and subject <> 'Verify your e-mail address' order by id`,
    [userId],
  );
  return rows.map(({ subject }) => subject);
}

/** The types of what happened to an account, the latest last, without registering and signing in. */
export async function eventsOf(server: TestApp, userId: string): Promise<string[]> {
  const rows = await query<{ type: string }>(
    server.databaseUrl,
    `select type from audit_events where user_id = $1 and type not in ('registered', 'signed-in') order by id`,
    [userId],
  );
  return rows.map(({ type }) => type);
}
