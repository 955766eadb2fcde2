import { SignInLeftovers } from '../src/auth/sessions/sign-in-leftovers';
import { Accounts, AUTH, claimsOf, PASSWORD, type Session } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import { type Answer, readAll, type SignedIn } from './support/client';
import { eventually } from './support/eventually';
import type { ProblemBody } from './support/notes';

interface Listed {
  id: string;
  current: boolean;
  method: string;
  secondFactor: boolean;
  ip: string | null;
  userAgent: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
}

const SESSIONS = `${AUTH}/sessions`;
const NOBODYS = '00000000-0000-7000-8000-000000000000';

let server: TestApp;
let accounts: Accounts;
let user: SignedIn;

beforeAll(async () => {
  server = await startTestApp({ environment: { JWT_SECRET: 'the signing secret of these tests, long enough' } });
  accounts = new Accounts(server);
});

afterAll(() => server.close());

beforeEach(async () => {
  user = await server.client.signUp();
});

const idOf = (token: string): string => String(claimsOf(token).sid);

async function signInAgain({ email }: SignedIn, userAgent = 'another device'): Promise<Session> {
  const { status, body } = await accounts.post('login', { email, password: PASSWORD }, { 'user-agent': userAgent });
  expect(status).toBe(200);
  return body;
}

const list = (token: string): Promise<Listed[]> => readAll<Listed>(server.client, SESSIONS, token);

async function trail(userId: string): Promise<object[]> {
  return accounts.sql(
    `select type, session_id as session, detail from audit_events
     where user_id = $1 and type not in ('registered', 'signed-in') order by created_at, id`,
    [userId],
  );
}

describe('the list of sessions', () => {
  it('shows each device, where it is and when it was last refreshed, and marks the one that asks', async () => {
    const other = await signInAgain(user, 'a phone');
    const sessions = await list(user.token);
    expect(sessions).toEqual([
      {
        id: idOf(other.accessToken),
        current: false,
        method: 'password',
        secondFactor: false,
        ip: '127.0.0.1',
        userAgent: 'a phone',
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        lastUsedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
      expect.objectContaining({ id: idOf(user.token), current: true }),
    ]);
    await accounts.post('refresh', { refreshToken: user.refreshToken }, { 'user-agent': 'an updated browser' });
    const [first] = await list(user.token);
    expect(first).toMatchObject({ id: idOf(user.token), userAgent: 'an updated browser' });
    expect(first && first.lastUsedAt > first.createdAt).toBe(true);
  });

  it('is read page by page', async () => {
    for (let count = 0; count < 4; count += 1) await signInAgain(user);
    // All at the same moment: the id decides.
    await accounts.sql(`update sessions set last_used_at = '2026-01-01' where user_id = $1`, [user.userId]);
    await accounts.sql(`update sessions set last_used_at = now() where id = $1`, [idOf(user.token)]);
    await accounts.sql(
      `update sessions set last_used_at = now() - interval '1 hour' where user_id = $1 and last_used_at = '2026-01-01'`,
      [user.userId],
    );
    const ids: string[] = [];
    const first = await server.client.get<{ page: { nextCursor: string } }>(`${SESSIONS}?limit=2`, {
      token: user.token,
    });
    expect(first.headers.get('link')).toContain('rel="next"');
    ids.push(...(await readAll<Listed>(server.client, `${SESSIONS}?limit=2`, user.token)).map(({ id }) => id));
    expect([ids.length, new Set(ids).size, ids[0]]).toEqual([5, 5, idOf(user.token)]);
    for (const cursor of ['none', Buffer.from('["sessions","x","y"]').toString('base64url')]) {
      const { status } = await server.client.get(`${SESSIONS}?cursor=${cursor}`, { token: user.token });
      expect(status).toBe(400);
    }
    expect((await server.client.get(`${SESSIONS}?limit=101`, { token: user.token })).status).toBe(400);
  });

  it.each([
    ['ended', `update sessions set revoked_at = now() where id = $1`],
    ['reached their end', `update sessions set expires_at = now() - interval '1 second' where id = $1`],
    [
      'were not used for too long',
      `update sessions set last_used_at = now() - interval '30 days 1 second' where id = $1`,
    ],
  ])('leaves out those that %s, which cannot be ended either', async (_, statement) => {
    const other = await signInAgain(user);
    expect(await list(user.token)).toHaveLength(2);
    const id = idOf(other.accessToken);
    await accounts.sql(statement, [id]);
    expect((await list(user.token)).map((listed) => listed.id)).toEqual([idOf(user.token)]);
    expect((await server.client.delete(`${SESSIONS}/${id}`, { token: user.token })).status).toBe(404);
    expect(await trail(user.userId)).toEqual([]);
  });
});

describe('ending sessions', () => {
  const end = (token: string, id = ''): Promise<Answer<ProblemBody>> =>
    server.client.delete(id === '' ? SESSIONS : `${SESSIONS}/${id}`, { token });

  it('ends one, at once, and says so in the activity', async () => {
    const other = await signInAgain(user);
    const id = idOf(other.accessToken);
    expect((await end(user.token, id)).status).toBe(204);
    expect((await accounts.me(other.accessToken)).status).toBe(401);
    expect((await accounts.refresh(other.refreshToken)).status).toBe(401);
    expect((await accounts.me(user.token)).status).toBe(200);
    expect((await end(user.token, id)).status).toBe(404);
    expect(await trail(user.userId)).toEqual([
      { type: 'session-ended', session: idOf(user.token), detail: { sessionId: id } },
    ]);
  });

  it('ends none of somebody else, nor one that there is not', async () => {
    const stranger = await server.client.signUp();
    expect((await end(stranger.token, idOf(user.token))).status).toBe(404);
    expect((await end(user.token, NOBODYS)).status).toBe(404);
    expect((await end(user.token, 'none')).status).toBe(400);
    expect((await accounts.me(user.token)).status).toBe(200);
    expect(await trail(stranger.userId)).toEqual([]);
  });

  it('ends all but this one', async () => {
    const others = [await signInAgain(user), await signInAgain(user)];
    const stranger = await server.client.signUp();
    expect((await end(user.token)).status).toBe(204);
    for (const { accessToken, refreshToken } of others) {
      expect((await accounts.me(accessToken)).status).toBe(401);
      expect((await accounts.refresh(refreshToken)).status).toBe(401);
    }
    expect((await accounts.me(user.token)).status).toBe(200);
    expect((await accounts.refresh(user.refreshToken)).status).toBe(200);
    expect((await accounts.me(stranger.token)).status).toBe(200);
    expect((await end(user.token)).status).toBe(204);
    expect(await trail(user.userId)).toEqual([
      { type: 'sessions-ended', session: idOf(user.token), detail: { count: 2 } },
    ]);
  });

  it('of two at once, one ends the session, and it is said once', async () => {
    const other = await signInAgain(user);
    const id = idOf(other.accessToken);
    const answers = await Promise.all([end(user.token, id), end(user.token, id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404]);
    expect(await trail(user.userId)).toHaveLength(1);
  });

  it('reaches other replicas within 10 s, also for all at once', async () => {
    const replica = await startReplica({
      databaseUrl: server.databaseUrl,
      environment: { JWT_SECRET: 'the signing secret of these tests, long enough' },
    });
    try {
      const there = new Accounts(replica);
      const others = [await signInAgain(user), await signInAgain(user)];
      for (const { accessToken } of others) expect((await there.me(accessToken)).status).toBe(200);
      expect((await end(user.token)).status).toBe(204);
      for (const { accessToken } of others) {
        const refused = async () => ((await there.me(accessToken)).status === 401 ? true : undefined);
        await eventually('the end on the other replica', refused, 10_000);
      }
      expect((await there.me(user.token)).status).toBe(200);
    } finally {
      await replica.close();
    }
  });
});

describe('a refresh token that is used again', () => {
  it('ends the session, and the activity says so, once', async () => {
    await accounts.refresh(user.refreshToken);
    await accounts.sql(`update sessions set rotated_at = rotated_at - interval '11 s' where user_id = $1`, [
      user.userId,
    ]);
    const answers = await Promise.all([accounts.refresh(user.refreshToken), accounts.refresh(user.refreshToken)]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(await trail(user.userId)).toEqual([
      { type: 'refresh-token-reused', session: idOf(user.token), detail: null },
    ]);
  });

  it('long ago, too', async () => {
    const { body } = await accounts.refresh(user.refreshToken);
    await accounts.refresh(body.refreshToken);
    expect((await accounts.refresh(user.refreshToken)).status).toBe(401);
    expect(await trail(user.userId)).toMatchObject([{ type: 'refresh-token-reused' }]);
  });
});

describe('what ended long ago', () => {
  it('is removed, however much it is, and nothing else', async () => {
    const aged = async (set: string): Promise<string> => {
      const id = idOf((await signInAgain(user)).accessToken);
      await accounts.sql(`update sessions set ${set} where id = $1`, [id]);
      return id;
    };
    const gone = [
      await aged(`revoked_at = now() - interval '31 days'`),
      await aged(`expires_at = now() - interval '31 days'`),
      await aged(`last_used_at = now() - interval '61 days'`),
    ];
    const kept = [
      idOf(user.token),
      await aged(`revoked_at = now() - interval '29 days'`),
      await aged(`expires_at = now() - interval '29 days'`),
      await aged(`last_used_at = now() - interval '59 days'`),
    ];
    await accounts.sql(
      `insert into one_time_tokens (id, purpose, hash, expires_at)
       select gen_random_uuid(), 'verify-email', sha256(n::text::bytea), now() - make_interval(hours => n)
       from generate_series(1, 2600) n`,
      [],
    );
    await server.app.get(SignInLeftovers, { strict: false }).run(new AbortController().signal);
    expect(await accounts.sql(`select 1 from one_time_tokens where user_id is null`, [])).toHaveLength(23);
    const left = await accounts.sql(`select id from sessions where id = any($1) order by id`, [[...gone, ...kept]]);
    expect(left).toEqual(kept.toSorted().map((id) => ({ id })));
  });
});
