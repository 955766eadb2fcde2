import { Client as PgClient } from 'pg';
import { Accounts, type User } from './support/accounts';
import { codeOf, signIn, signInAdmin } from './support/admins';
import { startTestApp, type TestApp } from './support/app';
import { readAll, type SignedIn } from './support/client';
import type { ProblemBody } from './support/notes';

const USERS = '/api/v1/admin/users';
const NOBODY = '00000000-0000-7000-8000-000000000000';

type AdminUser = User & { disabledAt: string | null; lastUsedAt: string | null };

let server: TestApp;
let accounts: Accounts;
let admin: SignedIn;

beforeAll(async () => {
  server = await startTestApp();
  accounts = new Accounts(server);
  admin = await signInAdmin(server);
});

afterAll(() => server.close());

describe('the list of accounts', () => {
  it('has all of them, newest first, page by page, and nothing that is secret', async () => {
    for (let count = 0; count < 4; count += 1) await server.client.signUp();
    const all = await readAll<AdminUser>(server.client, `${USERS}?limit=2`, admin.token);
    const [{ count }] = (await accounts.sql(`select count(*)::int as count from users`, [])) as [{ count: number }];
    expect(new Set(all.map(({ id }) => id)).size).toBe(count);
    const times = all.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    const first = await server.client.get(`${USERS}?limit=2`, { token: admin.token });
    expect(first.headers.get('link')).toContain('rel="next"');
    expect(first.text).not.toMatch(/hash|argon2/i);
  });

  it('says when an account was last used, from the latest of its sessions', async () => {
    const user = await server.client.signUp();
    await signIn(server, user.email);
    await accounts.sql(`update sessions set last_used_at = '2020-01-01' where user_id = $1`, [user.userId]);
    await signIn(server, user.email);
    await accounts.sql(
      `update sessions set last_used_at = '2021-02-03T04:05:06.789Z' where user_id = $1 and last_used_at > '2020-01-02'`,
      [user.userId],
    );
    const { body } = await server.client.get<AdminUser>(`${USERS}/${user.userId}`, { token: admin.token });
    expect(body).toEqual({
      ...(await accounts.me((await signIn(server, user.email)).token)).body,
      disabledAt: null,
      lastUsedAt: '2021-02-03T04:05:06.789Z',
      quota: { notes: { limit: null, used: 0 }, bytes: { limit: null, used: 0 } },
    });
  });

  it.each([
    ['a part of the address', 'ISABEL.q', ['isabel.quinn@example.org']],
    ['a part of the name', 'zwölf', ['second@example.org']],
    ['a percent sign, which is itself', '100%', ['percent@example.org']],
    ['an underscore, which is itself', 'a_b', ['a_b@example.org']],
    ['a backslash', 'back\\slash', ['slash@example.org']],
    ['nothing that is there', 'no such person', []],
  ])('finds by %s', async (_, q, expected) => {
    await accounts.sql(
      `insert into users (id, email, name) values
         (gen_random_uuid(), 'isabel.quinn@example.org', null), (gen_random_uuid(), 'second@example.org', 'Anna Zwölfer'),
         (gen_random_uuid(), 'percent@example.org', '100% me'), (gen_random_uuid(), 'a_b@example.org', '1000 axb'),
         (gen_random_uuid(), 'slash@example.org', 'back\\slash') on conflict do nothing`,
      [],
    );
    const path = `${USERS}?${new URLSearchParams({ q }).toString()}`;
    const found = await readAll<AdminUser>(server.client, path, admin.token);
    expect(found.map(({ email }) => email)).toEqual(expected);
  });

  it.each([
    ['an empty search', '?q=', '?q'],
    ['a search of 201 characters', `?q=${'x'.repeat(201)}`, '?q'],
    ['a limit of 101', '?limit=101', '?limit'],
    ['an unknown parameter', '?role=admin', '?role'],
  ])('refuses %s', async (_, search, pointer) => {
    const { status, body } = await server.client.get<ProblemBody>(USERS + search, { token: admin.token });
    expect([status, body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it('refuses the cursor of another list, and answers 404 for an account that is not there', async () => {
    const cursor = Buffer.from(JSON.stringify(['jobs', new Date().toISOString(), NOBODY])).toString('base64url');
    expect(codeOf(await server.client.get(`${USERS}?cursor=${cursor}`, { token: admin.token }))).toEqual([
      400,
      'malformed-request',
    ]);
    for (const method of ['GET', 'PATCH']) {
      const body = method === 'PATCH' ? { disabled: true } : undefined;
      const answer = await server.client.request(method, `${USERS}/${NOBODY}`, { token: admin.token, body });
      expect(codeOf(answer)).toEqual([404, 'not-found']);
    }
    const { status } = await server.client.delete(`${USERS}/${NOBODY}/sessions`, { token: admin.token });
    expect(status).toBe(404);
  });
});

describe('the search for accounts', () => {
  interface PlanNode {
    'Node Type': string;
    'Index Name'?: string;
    'Shared Hit Blocks': number;
    'Shared Read Blocks': number;
    Plans?: PlanNode[];
  }

  let database: PgClient;

  beforeAll(async () => {
    database = new PgClient({ connectionString: server.databaseUrl });
    await database.connect();
    await database.query(
      `insert into users (id, email, name, created_at)
       select gen_random_uuid(), 'person-' || md5(n::text) || '@example.org', 'Person ' || n, now() - n * interval '1 minute'
       from generate_series(1, 10000) n`,
    );
    // As autovacuum does: else what was just added waits in the index's list of things to add.
    await database.query('vacuum analyze users');
  });

  afterAll(() => database.end());

  /** Sends the request, and has PostgreSQL explain the statement that the server ran for it. */
  async function planOf(path: string): Promise<PlanNode> {
    const { token } = admin;
    const spy = jest.spyOn(PgClient.prototype, 'query');
    const { status } = await server.client.get(path, { token });
    const calls = spy.mock.calls as unknown as [{ text?: string; values?: unknown[] } | string, unknown[]?][];
    const sent = calls
      .map(([first, values]) => (typeof first === 'string' ? { text: first, values } : first))
      .find(({ text }) => text?.includes('last_used_at'));
    spy.mockRestore();
    expect([status, sent?.text]).toEqual([200, expect.stringContaining('FROM')]);
    const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, buffers, format json) ${sent?.text ?? ''}`,
      sent?.values,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan === undefined) throw new Error('There is no plan');
    return plan;
  }

  const buffers = (plan: PlanNode): number => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  const indexesOf = (plan: PlanNode): string[] => [
    ...(plan['Index Name'] === undefined ? [] : [plan['Index Name']]),
    ...(plan.Plans ?? []).flatMap(indexesOf),
  ];

  it('reads the trigrams, not all 10,000', async () => {
    const plan = await planOf(`${USERS}?q=Person%201234`);
    expect(indexesOf(plan)).toContain('users_search_idx');
    expect(buffers(plan)).toBeLessThan(200);
  });

  it('and the list without one read a page of the index', async () => {
    const plan = await planOf(`${USERS}?limit=100`);
    expect(indexesOf(plan)).toEqual(expect.arrayContaining(['users_created_at_idx', 'sessions_user_id_idx']));
    expect(buffers(plan)).toBeLessThan(700);
  });
});
