import type { Request } from 'autocannon';
import { Pool } from 'pg';
import { hashPassword } from '../src/auth/passwords/passwords';
import type { BenchUser } from './library';

const PASSWORD = 'correct horse battery';

const GIVE_PASSWORD = `update users set password_hash = $1`;

/** $1 sessions for every user. */
const INSERT_SESSIONS = `
  insert into sessions (id, user_id, refresh_hash, rotated_at, last_used_at, created_at, expires_at, authenticated_at, method, second_factor, in_cookie, user_agent, ip)
  select gen_random_uuid(), u.id, sha256(convert_to(u.id::text || n, 'UTF8')), now(), now(), now(), now() + interval '30 days', now(), 'password', false, false, 'bench', '127.0.0.1'
  from users u cross join generate_series(1, $1) as n`;

/** Lets all users sign in with one password, and opens `count` sessions, as many for each. */
export async function loadSessions(url: string, users: number, count: number): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    await pool.query(GIVE_PASSWORD, [await hashPassword(PASSWORD)]);
    await pool.query(INSERT_SESSIONS, [Math.ceil(count / users)]);
    await pool.query('vacuum (analyze) users, sessions');
  } finally {
    await pool.end();
  }
}

/** Sign-ins of all users, one after another, `count` in all. */
export function signIns(users: readonly BenchUser[], count: number): Request[] {
  return Array.from({ length: count }, (_, at) => ({
    method: 'POST',
    path: '/api/v1/auth/login',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${users[at % users.length]?.id}@bench.example`, password: PASSWORD }),
  }));
}
