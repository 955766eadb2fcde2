import { Client as Postgres } from 'pg';
import { type AccessToken, makeAccessToken, TOKENS } from './support/access-tokens';
import { ME } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { query } from './support/database';
import { eventually } from './support/eventually';
import { expectProblem } from './support/problems';
import { TcpProxy } from './support/tcp-proxy';

const NOTES = '/api/v1/notes';
const LOGOUT = '/api/v1/auth/logout';

let server: TestApp;
let user: SignedIn;

beforeAll(async () => {
  server = await startTestApp();
});

beforeEach(async () => {
  user = await server.client.signUp();
});

afterAll(() => server.close());

const sql = (text: string, ...values: unknown[]): Promise<object[]> => query(server.databaseUrl, text, values);
const me = (token: string, at = server): Promise<Answer> => at.client.get(ME, { token });

/** Waits until a token is refused on a server, at most 10 s, and says why. */
function refusal(token: string, at = server): Promise<unknown> {
  return eventually('the refusal', async () => {
    const { status, body } = await me(token, at);
    return status === 401 ? body.detail : undefined;
  });
}

describe('a request with an access token', () => {
  it('does what its scopes say, as its user', async () => {
    const { token } = await makeAccessToken(server.client, user, { scopes: ['notes:write', 'account:read'] });
    expect((await me(token)).body.id).toBe(user.userId);
    const note = await server.client.post(NOTES, { token, body: { title: 'By a program' } });
    expect(note.status).toBe(201);
    const path = `${NOTES}/${String(note.body.id)}`;
    expectProblem(await server.client.get(path, { token }), 403, 'insufficient-scope', path, ['scope']);
    expect((await server.client.get(path, { token: user.token })).body.title).toBe('By a program');
  });

  it.each(['bearer', 'BEARER', 'Bearer '])('may write the scheme as %j', async (scheme) => {
    const { token } = await makeAccessToken(server.client, user);
    expect((await server.client.get(ME, { headers: { authorization: `${scheme} ${token}` } })).status).toBe(200);
  });

  it.each(['Basic', 'Token', ''])('is not authenticated by the scheme %j', async (scheme) => {
    const { token } = await makeAccessToken(server.client, user);
    const { status } = await server.client.get(ME, { headers: { authorization: `${scheme} ${token}`.trim() } });
    expect(status).toBe(401);
  });

  it('is not authenticated by the query or the body (RFC 9700, 4.3.2)', async () => {
    const { token } = await makeAccessToken(server.client, user);
    expect((await server.client.get(`${ME}?access_token=${token}`)).status).toBe(401);
    expect((await server.client.post(NOTES, { body: { access_token: token, title: 'x' } })).status).toBe(401);
  });

  it('is refused when the token is mistyped, made up or expired, and is told which', async () => {
    const { token, id } = await makeAccessToken(server.client, user, { expiresAt: '2099-12-31' });
    const swapped = token.slice(0, 4) + (token[4] === 'a' ? 'b' : 'a') + token.slice(5);
    for (const wrong of [swapped, `${token}x`, 'cmp_', 'cmp_undefined', `cmp_${'x'.repeat(10_000)}`]) {
      expect((await me(wrong)).body).toMatchObject({ status: 401, detail: expect.stringContaining('mistyped') });
    }
    expect((await me('cmp_0000000000000000000000000000002C8GjS')).body.detail).toMatch(/unknown, or was revoked/);
    expect((await me(token)).status).toBe(200);
    await sql(`update access_tokens set expires_at = now() - interval '1 second' where id = $1`, id);
    expect(await refusal(token)).toBe('The access token has expired: make another');
  });

  it('is refused from the moment the token expires, though the token is known', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const { token } = await makeAccessToken(server.client, user, { expiresAt });
    expect((await me(token)).status).toBe(200);
    expect(await refusal(token)).toBe('The access token has expired: make another');
    expect(Date.now() - Date.parse(expiresAt)).toBeLessThan(2_000);
  });

  it('is refused within 10 s when the account is disabled or about to be deleted, and works again afterwards', async () => {
    const { token } = await makeAccessToken(server.client, user);
    for (const [column, why] of [
      ['disabled_at', 'The account of the access token is disabled'],
      ['delete_after', 'The account of the access token is about to be deleted'],
    ]) {
      expect((await me(token)).status).toBe(200);
      await sql(`update users set ${column} = now() where id = $1`, user.userId);
      expect(await refusal(token)).toBe(why);
      await sql(`update users set ${column} = null where id = $1`, user.userId);
    }
    await sql(`delete from users where id = $1`, user.userId);
    expect(await refusal(token)).toBe('The access token is unknown, or was revoked');
  }, 60_000);

  it('is refused within 10 s on another server when the token is revoked here', async () => {
    const { token, id } = await makeAccessToken(server.client, user);
    const replica = await startReplica({ databaseUrl: server.databaseUrl });
    try {
      expect([(await me(token, replica)).status, (await me(token)).status]).toEqual([200, 200]);
      expect((await server.client.delete(`${TOKENS}/${id}`, { token: user.token })).status).toBe(204);
      expect((await me(token)).status).toBe(401);
      expect(await refusal(token, replica)).toBe('The access token is unknown, or was revoked');
    } finally {
      await replica.close();
    }
  });

  it('needs no query where the token is known, and is 503 where it cannot be asked about', async () => {
    const proxy = await TcpProxy.start(server.databaseUrl);
    const replica = await startReplica({ databaseUrl: proxy.url });
    try {
      const known = await makeAccessToken(server.client, user);
      const unknown = await makeAccessToken(server.client, user);
      expect((await me(known.token, replica)).status).toBe(200);
      proxy.cut();
      const ask = (token: string): Promise<Answer> => replica.client.post(LOGOUT, { token });
      expectProblem(await ask(known.token), 403, 'session-required', LOGOUT);
      expectProblem(await ask(unknown.token), 503, 'unavailable', LOGOUT);
      expectProblem(await ask(`${known.token}x`), 401, 'unauthorized', LOGOUT);
      proxy.restore();
      await eventually('the database', async () => ((await ask(unknown.token)).status === 403 ? true : undefined));
    } finally {
      await replica.close();
      await proxy.close();
    }
  });
});

describe('the last use of an access token', () => {
  const lastUse = async ({ id }: AccessToken): Promise<AccessToken | undefined> => {
    const { body } = await server.client.get<{ data: AccessToken[] }>(TOKENS, { token: user.token });
    return body.data.find((token) => token.id === id && token.lastUsedAt !== null);
  };

  it('is written once a minute, however many servers it is used on, and not for what is refused', async () => {
    const made = await makeAccessToken(server.client, user, { scopes: ['account:read'] });
    const replica = await startReplica({ databaseUrl: server.databaseUrl });
    try {
      expect((await server.client.get(NOTES, { token: made.token })).status).toBe(403);
      expect((await server.client.post(LOGOUT, { token: made.token })).status).toBe(403);
      await me(made.token);
      const first = await eventually('the first use', () => lastUse(made));
      expect([first.lastUsedIp, Math.abs(Date.now() - Date.parse(first.lastUsedAt ?? '')) < 10_000]).toEqual([
        '127.0.0.1',
        true,
      ]);
      await me(made.token);
      await me(made.token, replica);
      // Closing finishes what is on its way, so that nothing can be written after it.
      await replica.close();
      expect((await lastUse(made))?.lastUsedAt).toBe(first.lastUsedAt);
    } finally {
      await replica.close();
    }
  });

  it('is written again a minute later', async () => {
    const made = await makeAccessToken(server.client, user);
    const aged = `update access_tokens set last_used_at = now() - interval '61 seconds', last_used_ip = null where id = $1 returning id`;
    expect(await sql(aged, made.id)).toHaveLength(1);
    await me(made.token);
    const used = async (): Promise<true | undefined> =>
      (await lastUse(made))?.lastUsedIp === '127.0.0.1' ? true : undefined;
    await eventually('the use', used);
  });

  it('is not in the way of the request, and is finished before the server has stopped', async () => {
    const other = await startReplica({ databaseUrl: server.databaseUrl });
    const made = await makeAccessToken(server.client, user);
    const holder = new Postgres({ connectionString: server.databaseUrl });
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query(`select from access_tokens where id = $1 for update`, [made.id]);
      expect((await me(made.token, other)).status).toBe(200);
      const stopped = other.close();
      await eventually('the wait for the lock', async () => {
        const waiting = await sql(
          `select from pg_stat_activity where query like '%update access_tokens set last%' and wait_event_type = 'Lock'`,
        );
        return waiting.length === 1 ? true : undefined;
      });
      await holder.query('rollback');
      await stopped;
      expect((await lastUse(made))?.lastUsedIp).toBe('127.0.0.1');
    } finally {
      await holder.end();
      await other.close();
    }
  });
});

describe('before the address is verified', () => {
  const write = (at: TestApp, token: string): Promise<Answer> => at.client.post(NOTES, { token, body: { title: 'x' } });

  it.each([
    ['full', 200, 201],
    ['read', 200, 403],
    ['none', 403, 403],
  ])('%s access reads with %i and writes with %i, by session and by access token', async (access, reads, writes) => {
    const app = await startTestApp({ environment: { UNVERIFIED_ACCESS: access } });
    try {
      const owner = await app.client.signUp();
      const { token } = await makeAccessToken(app.client, owner);
      for (const credential of [owner.token, token]) {
        const answers = [await app.client.get(NOTES, { token: credential }), await write(app, credential)];
        expect(answers.map(({ status }) => status)).toEqual([reads, writes]);
        for (const answer of answers.filter(({ status }) => status === 403)) {
          expectProblem(answer, 403, 'email-not-verified', NOTES);
          expect(answer.body.detail).toContain('POST /api/v1/auth/email/verification');
        }
        expect((await me(credential, app)).body.emailVerified).toBe(false);
        expect((await app.client.get(`${TOKENS}/current`, { token: credential })).status).toBe(200);
      }
      expect((await app.client.patch(ME, { token: owner.token, body: { name: 'Ada' } })).status).toBe(200);
      await query(app.databaseUrl, 'update users set email_verified_at = now() where id = $1', [owner.userId]);
      await eventually('the access token', async () => ((await write(app, token)).status === 201 ? true : undefined));
      const { refreshToken } = owner;
      const { body } = await app.client.post('/api/v1/auth/refresh', { body: { refreshToken } });
      expect((await write(app, String(body.accessToken))).status).toBe(201);
    } finally {
      await app.close();
    }
  });
});
