import { Writable } from 'node:stream';
import { pino } from 'pino';
import { ALL_SCOPES } from '../src/common/scopes';
import { type AccessToken, type MadeAccessToken, makeAccessToken, TOKENS } from './support/access-tokens';
import { ME } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import { type Answer, readAll, type SignedIn } from './support/client';
import { query } from './support/database';
import type { ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';

const CURRENT = `${TOKENS}/current`;
const FORM = /^cmp_[0-9A-Za-z]{36}$/;
const END = '2099-12-31T00:00:00.000Z';

let server: TestApp;
let user: SignedIn;
let logged = '';

beforeAll(async () => {
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      logged += String(chunk);
      done();
    },
  });
  server = await startTestApp({ logger: pino({ level: 'trace' }, stream) });
});

beforeEach(async () => {
  user = await server.client.signUp();
});

afterAll(() => server.close());

const make = (fields?: Parameters<typeof makeAccessToken>[2]): Promise<MadeAccessToken> =>
  makeAccessToken(server.client, user, fields);

const list = (token = user.token): Promise<AccessToken[]> => readAll<AccessToken>(server.client, TOKENS, token);

const sql = (text: string, ...values: unknown[]): Promise<object[]> => query(server.databaseUrl, text, values);

const activity = (): Promise<object[]> =>
  sql(
    `select type, detail, session_id is not null as in_session, host(ip) as ip from audit_events where user_id = $1 and type like 'access-token%' order by id`,
    user.userId,
  );

describe('making an access token', () => {
  it('shows it once, and lists it without it ever after', async () => {
    const answer = await server.client.post<MadeAccessToken>(TOKENS, {
      token: user.token,
      body: { name: '  Backup  ', scopes: ['notes:write', 'notes:read'], expiresAt: END },
    });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { token, ...shown } = answer.body;
    expect(token).toMatch(FORM);
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      name: 'Backup',
      hint: token.slice(-4),
      scopes: ['notes:read', 'notes:write'],
      expiresAt: END,
      lastUsedAt: null,
      lastUsedIp: null,
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(await list()).toEqual([shown]);
    expect((await server.client.get(TOKENS, { token: user.token })).text).not.toContain(token);
  });

  it('keeps only its hash, tells the activity its name and hint, and logs nothing of it', async () => {
    const { token, id, hint } = await make({ name: 'Phone' });
    await server.client.get(ME, { token });
    await server.client.get(ME, { token: `${token.slice(0, -6)}000000` });
    const stored = await sql(
      `select to_jsonb(t)::text as row, hash = sha256($2) as hashed from access_tokens t where id = $1`,
      id,
      Buffer.from(token),
    );
    expect(stored).toEqual([{ row: expect.not.stringContaining(token.slice(4, -6)), hashed: true }]);
    expect(await activity()).toEqual([
      { type: 'access-token-made', detail: { name: 'Phone', hint }, in_session: true, ip: '127.0.0.1' },
    ]);
    expect(logged).toContain(user.userId);
    expect(logged).not.toContain(token.slice(4, 34));
  });

  it('never expires unless it is told when', async () => {
    expect([(await make()).expiresAt, (await make({ expiresAt: null })).expiresAt]).toEqual([null, null]);
    expect((await make({ expiresAt: '2099-12-31' })).expiresAt).toBe(END);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['nothing', { name: undefined, scopes: undefined }, ['#/name', '#/scopes']],
    ['an empty name', { name: ' \t ' }, ['#/name']],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, ['#/name']],
    ['a name of two lines', { name: 'a\nb' }, ['#/name']],
    ['a name that is no text', { name: 1 }, ['#/name']],
    ['no scope', { scopes: [] }, ['#/scopes']],
    ['a scope twice', { scopes: ['webhooks', 'webhooks'] }, ['#/scopes']],
    ['a scope that there is not', { scopes: ['notes:read', 'admin'] }, ['#/scopes']],
    ['scopes as text', { scopes: 'notes:read' }, ['#/scopes']],
    ['scopes that are no text', { scopes: [null] }, ['#/scopes']],
    ['an end that has passed', { expiresAt: new Date(Date.now() - 1_000).toISOString() }, ['#/expiresAt']],
    ['an end in more than 100 years', { expiresAt: '2200-01-01T00:00:00Z' }, ['#/expiresAt']],
    ['an end that is no day', { expiresAt: '2099-02-30' }, ['#/expiresAt']],
    ['an end that is no time', { expiresAt: 'tomorrow' }, ['#/expiresAt']],
    ['an end in seconds', { expiresAt: 4_102_444_800 }, ['#/expiresAt']],
    ['a field that there is not', { userId: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' }, ['#/userId']],
  ])('is refused with %s, and makes nothing', async (_, fields, pointers) => {
    const answer = await server.client.post<ProblemBody>(TOKENS, {
      token: user.token,
      body: { name: 'A program', scopes: ['notes:read'], ...fields },
    });
    expectProblem(answer, 400, 'validation-failed', TOKENS, ['errors']);
    expect(answer.body.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect([await list(), await activity()]).toEqual([[], []]);
  });

  it('takes a name of 100 characters of any script', async () => {
    expect(Array.from((await make({ name: '📓'.repeat(100) })).name)).toHaveLength(100);
  });

  it('stops at 100, also when many are made at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 110 }, (_, i) =>
        server.client.post<ProblemBody>(TOKENS, {
          token: user.token,
          body: { name: `Token ${i}`, scopes: ['webhooks'] },
        }),
      ),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(10);
    for (const answer of refused) expectProblem(answer, 409, 'too-many-access-tokens', TOKENS);
    const tokens = await list();
    expect([tokens.length, (await activity()).length]).toEqual([100, 100]);
    const last = await server.client.delete(`${TOKENS}/${tokens[0]?.id ?? ''}`, { token: user.token });
    expect([last.status, (await make()).name]).toEqual([204, 'A program']);
  });
});

describe('the list of access tokens', () => {
  it('is in pages, newest first', async () => {
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.unshift((await make()).id);
    const page = await server.client.get<{ data: AccessToken[]; page: { hasMore: boolean } }>(`${TOKENS}?limit=2`, {
      token: user.token,
    });
    expect([page.body.data.map(({ id }) => id), page.body.page.hasMore]).toEqual([made.slice(0, 2), true]);
    expect(page.headers.get('link')).toContain('rel="next"');
    const all = await readAll<AccessToken>(server.client, `${TOKENS}?limit=2`, user.token);
    expect(all.map(({ id }) => id)).toEqual(made);
  });

  it.each([
    'none',
    Buffer.from('["access-tokens","x"]').toString('base64url'),
    Buffer.from('["tags",1]').toString('base64url'),
  ])('refuses the cursor %s', async (cursor) => {
    const answer = await server.client.get(`${TOKENS}?cursor=${cursor}`, { token: user.token });
    expectProblem(answer, 400, 'malformed-request', TOKENS);
  });
});

describe('revoking an access token', () => {
  it('ends it at once on this server, once, and is in the activity', async () => {
    const { id, token, hint } = await make({ name: 'Lost' });
    const other = await make();
    const path = `${TOKENS}/${id}`;
    expect((await server.client.get(ME, { token })).status).toBe(200);
    const answers = await Promise.all([1, 2, 3].map(() => server.client.delete(path, { token: user.token })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404]);
    expectInvalid(await server.client.get(ME, { token }), 'The access token is unknown, or was revoked');
    expect((await list()).map((each) => each.id)).toEqual([other.id]);
    expect((await activity()).at(-1)).toEqual({
      type: 'access-token-revoked',
      detail: { name: 'Lost', hint },
      in_session: true,
      ip: '127.0.0.1',
    });
    expect((await server.client.get(ME, { token: other.token })).status).toBe(200);
  });

  it('is 400 with an id that is none, and never what the token itself may do', async () => {
    const { id, token } = await make();
    expectProblem(
      await server.client.delete(`${TOKENS}/none`, { token: user.token }),
      400,
      'validation-failed',
      `${TOKENS}/none`,
      ['errors'],
    );
    expectProblem(await server.client.delete(`${TOKENS}/${id}`, { token }), 403, 'session-required', `${TOKENS}/${id}`);
  });
});

describe('what a request is made with', () => {
  it('is told to a session', async () => {
    const { body } = await server.client.get(CURRENT, { token: user.token });
    expect(body).toEqual({
      kind: 'session',
      name: null,
      scopes: ALL_SCOPES,
      expiresAt: expect.stringMatching(/Z$/),
      userId: user.userId,
    });
    const days = (Date.parse(String(body.expiresAt)) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(180);
  });

  it('is told to an access token, whatever its scopes', async () => {
    const { token } = await make({ name: 'Hook', scopes: ['webhooks'], expiresAt: END });
    const { body } = await server.client.get(CURRENT, { token });
    expect(body).toEqual({
      kind: 'access-token',
      name: 'Hook',
      scopes: ['webhooks'],
      expiresAt: END,
      userId: user.userId,
    });
  });
});

function expectInvalid({ status, headers, body }: Answer, why: string): void {
  expect([status, body.detail, headers.get('www-authenticate')]).toEqual([
    401,
    why,
    `Bearer error="invalid_token", error_description="${why}"`,
  ]);
}
