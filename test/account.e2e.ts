import { Client as PgClient } from 'pg';
import { newId } from '../src/common/uuid';
import { AuditRetention } from '../src/auth/audit/audit-retention';
import { Accounts, AUTH, ME, PASSWORD, type User } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import { readAll, type SignedIn } from './support/client';
import type { ListPage, ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';

const ACTIVITY = `${ME}/activity`;

interface Event {
  id: string;
  type: string;
  byAdministrator: boolean;
  ip: string | null;
  userAgent: string | null;
  sessionId: string | null;
  detail: Record<string, unknown> | null;
  createdAt: string;
}

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp({ environment: { AUDIT_DAYS: '30' } });
  accounts = new Accounts(server);
});

afterAll(() => server.close());

describe('the profile', () => {
  it('takes a name, a language and a time zone, in their canonical form, and tells which of them changed', async () => {
    const { token } = await server.client.signUp();
    const change = (body: object) => server.client.patch<User>(ME, { token, body });
    const first = await change({ name: ' Ada ', locale: 'DE-ch', timeZone: 'europe/zurich' });
    expect(first.body).toMatchObject({ name: 'Ada', locale: 'de-CH', timeZone: 'Europe/Zurich' });
    expect((await accounts.me(token)).body).toEqual(first.body);
    const second = await change({ locale: null, timeZone: 'Europe/Zurich' });
    expect(second.body).toMatchObject({ name: 'Ada', locale: null, timeZone: 'Europe/Zurich' });
    await change({ name: 'Ada' });
    const { body } = await server.client.get<ListPage<Event>>(ACTIVITY, { token });
    const changes = body.data.filter((event) => event.type === 'profile-changed');
    expect(changes.map((event) => event.detail)).toEqual([
      { fields: ['locale'] },
      { fields: ['name', 'locale', 'timeZone'] },
    ]);
  });

  it('takes each value of several changes at once', async () => {
    const { token } = await server.client.signUp();
    const changes = [{ name: 'Ada' }, { locale: 'fr' }, { timeZone: 'UTC' }, { name: 'Ada' }];
    const answers = await Promise.all(changes.map((body) => server.client.patch(ME, { token, body })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await accounts.me(token)).body).toMatchObject({ name: 'Ada', locale: 'fr', timeZone: 'UTC' });
  });

  it.each([
    ['no language', { locale: 'de_CH' }, '#/locale'],
    ['a list of languages', { locale: ['de'] }, '#/locale'],
    ['a language of 36 characters', { locale: `en-x-${'abcdefg-'.repeat(4)}` }, '#/locale'],
    ['an empty language', { locale: '' }, '#/locale'],
    ['no time zone', { timeZone: 'Mars/Olympus' }, '#/timeZone'],
    ['an offset', { timeZone: '+01:00' }, '#/timeZone'],
    ['a number', { timeZone: 1 }, '#/timeZone'],
    ['a role', { role: 'admin' }, '#/role'],
    ['a date of deletion', { deleteAfter: null }, '#/deleteAfter'],
  ])('refuses %s, and changes nothing', async (_, wrong, pointer) => {
    const { token } = await server.client.signUp();
    const before = await accounts.me(token);
    const answer = await server.client.patch<ProblemBody>(ME, { token, body: { name: 'Eve', ...wrong } });
    expect([answer.status, answer.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
    expect((await accounts.me(token)).body).toEqual(before.body);
  });

  it('says whether there is a password, and never which', async () => {
    const { token, userId } = await server.client.signUp();
    expect((await accounts.me(token)).body.hasPassword).toBe(true);
    await accounts.sql(`update users set password_hash = null where id = $1`, [userId]);
    const { body, text } = await accounts.me(token);
    expect(body.hasPassword).toBe(false);
    expect(text).not.toMatch(/hash|argon2/i);
  });
});

describe('the activity', () => {
  it('tells what happened, newest first, with device and address', async () => {
    const { token, email } = await server.client.signUp();
    const headers = { 'user-agent': 'Test/1.0' };
    await accounts.post('login', { email, password: 'wrong' }, headers);
    const { body } = await accounts.post('login', { email, password: PASSWORD }, headers);
    await server.client.post(`${AUTH}/logout`, { token: body.accessToken, headers });
    const answer = await server.client.get<ListPage<Event>>(ACTIVITY, { token });
    const events = answer.body.data;
    expect(events.map((event) => event.type)).toEqual([
      'signed-out',
      'signed-in',
      'sign-in-failed',
      'signed-in',
      'registered',
    ]);
    expect(events[1]).toEqual({
      id: expect.any(String),
      type: 'signed-in',
      byAdministrator: false,
      ip: '127.0.0.1',
      userAgent: 'Test/1.0',
      sessionId: events[0]?.sessionId,
      detail: { method: 'password', secondFactor: false },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(answer.text).not.toContain(PASSWORD);
  });

  it('says what an administrator did, also when that account is gone', async () => {
    const [{ token, userId }, administrator] = [await server.client.signUp(), await server.client.signUp()];
    await accounts.sql(
      `insert into audit_events (id, user_id, actor_id, type, detail)
       values ($1, $2, $3, 'role-changed', '{"byAdministrator": true, "role": "admin"}')`,
      [newId(), userId, administrator.userId],
    );
    const newest = async () => (await server.client.get<ListPage<Event>>(ACTIVITY, { token })).body.data[0];
    const expected = { type: 'role-changed', byAdministrator: true, detail: { role: 'admin' } };
    expect(await newest()).toMatchObject(expected);
    await accounts.sql(`delete from users where id = $1`, [administrator.userId]);
    expect(await newest()).toMatchObject(expected);
  });

  it('is paged by cursor, stable while more happens, and shows each user their own only', async () => {
    const [owner, other] = [await server.client.signUp(), await server.client.signUp()];
    await addEvents(owner, 45);
    const first = await server.client.get<ListPage<Event>>(`${ACTIVITY}?limit=20`, { token: owner.token });
    expect(first.headers.get('link')).toContain('rel="next"');
    await accounts.post('login', { email: owner.email, password: 'wrong' });
    const cursor = encodeURIComponent(first.body.page.nextCursor ?? '');
    const rest = await readAll<Event>(server.client, `${ACTIVITY}?limit=20`, owner.token);
    const second = await server.client.get<ListPage<Event>>(`${ACTIVITY}?limit=20&cursor=${cursor}`, {
      token: owner.token,
    });
    expect(rest).toHaveLength(48);
    expect(rest.slice(21, 41)).toEqual(second.body.data);
    expect(new Set(rest.map((event) => event.id)).size).toBe(48);
    const foreign = await server.client.get<ListPage<Event>>(`${ACTIVITY}?cursor=${cursor}`, { token: other.token });
    expect(foreign.body.data.map((event) => event.id)).toEqual([]);
    expectProblem(
      await server.client.get(`${ACTIVITY}?cursor=none`, { token: other.token }),
      400,
      'malformed-request',
      ACTIVITY,
    );
  });

  it('costs what a page shows, however long the trail is', async () => {
    const owner = await server.client.signUp();
    await addEvents(owner, 20_000);
    const client = new PgClient({ connectionString: server.databaseUrl });
    await client.connect();
    await client.query('analyze audit_events');
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: object }] }>(
      `explain (analyze, buffers, format json) select * from audit_events
       where user_id = $1 and (created_at, id) < (now(), $2) order by created_at desc, id desc limit 21`,
      [owner.userId, newId()],
    );
    await client.end();
    const plan = JSON.stringify(rows[0]);
    expect(plan).toContain('audit_events_user_id_idx');
    expect(plan).not.toMatch(/Seq Scan|"Sort"/);
    const { body } = await server.client.get<ListPage<Event>>(`${ACTIVITY}?limit=100`, { token: owner.token });
    expect(body.data).toHaveLength(100);
  });

  it('is kept for AUDIT_DAYS, and no longer', async () => {
    const [owner, other] = [await server.client.signUp(), await server.client.signUp()];
    await addEvents(owner, 6_000, '31 days');
    await addEvents(other, 3, '31 days');
    await addEvents(other, 2, '29 days');
    const retention = server.app.get(AuditRetention, { strict: false });
    const run = () => retention.run(new AbortController().signal);
    // Two processes at once are harmless.
    await Promise.all([run(), run()]);
    await run();
    const left = async (user: SignedIn) => (await readAll<Event>(server.client, ACTIVITY, user.token)).length;
    expect([await left(owner), await left(other)]).toEqual([2, 4]);
  });
});

async function addEvents({ userId }: SignedIn, count: number, age = '0'): Promise<void> {
  await accounts.sql(
    `insert into audit_events (id, user_id, type, created_at)
     select gen_random_uuid(), $1, 'signed-in', now() - $3::interval - n * interval '1 second'
     from generate_series(1, $2::integer) n`,
    [userId, count, age],
  );
}
