import { hashPassword } from '../../src/auth/passwords/passwords';
import { newId } from '../../src/common/uuid';
import { AUTH, newAddress, PASSWORD, type Session } from './accounts';
import type { TestApp } from './app';
import type { Answer, SignedIn } from './client';
import { query } from './database';

/** Signs in with the password of the tests. @throws Error when that is refused. */
export async function signIn(server: TestApp, email: string): Promise<SignedIn> {
  const { status, body, text } = await server.client.post<Session>(`${AUTH}/login`, {
    body: { email, password: PASSWORD },
  });
  if (status !== 200) throw new Error(`Signing in was refused: ${text}`);
  return { token: body.accessToken, refreshToken: body.refreshToken, userId: body.user.id, email };
}

/** An account that administrates, signed in; whatever the server says of registering. */
export async function signInAdmin(server: TestApp): Promise<SignedIn> {
  const email = newAddress();
  await query(
    server.databaseUrl,
    `insert into users (id, email, email_verified_at, password_hash, role) values ($1, $2, now(), $3, 'admin')`,
    [newId(), email, await hashPassword(PASSWORD)],
  );
  return signIn(server, email);
}

/** Makes the last sign-in of a session one of an hour ago; the access token that follows says so. */
export async function ageSession(server: TestApp, signedIn: SignedIn): Promise<string> {
  await query(
    server.databaseUrl,
    `update sessions set authenticated_at = authenticated_at - interval '1 hour' where user_id = $1`,
    [signedIn.userId],
  );
  const { body } = await server.client.post<Session>(`${AUTH}/refresh`, {
    body: { refreshToken: signedIn.refreshToken },
  });
  return body.accessToken;
}

/** The status and the code of a problem. */
export const codeOf = ({ status, body }: Answer<object>): unknown[] => [
  status,
  'type' in body && String(body.type).replace('urn:commonplace:problem:', ''),
];
