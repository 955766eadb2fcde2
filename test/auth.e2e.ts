import { startTestApp, type TestApp } from './support/app';
import { Accounts, claimsOf, ME, newAddress, PASSWORD, type User } from './support/accounts';
import type { ProblemBody } from './support/notes';

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp();
  accounts = new Accounts(server);
});

afterAll(() => server.close());

describe('registering', () => {
  it('makes an account and signs it in', async () => {
    const email = newAddress();
    const { status, body, headers } = await accounts.post('register', {
      email: ` ${email} `,
      password: PASSWORD,
      name: ' Ada ',
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      user: {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        email,
        emailVerified: false,
        name: 'Ada',
        role: 'user',
        locale: null,
        timeZone: null,
        requireIfMatch: false,
        hasPassword: true,
        deleteAfter: null,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updatedAt: body.user.createdAt,
      },
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 600,
      refreshToken: expect.stringMatching(/^cmr_[\w-]{86}$/),
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await accounts.me(body.accessToken)).body).toEqual(body.user);
    const { sid, iat, exp, ...claims } = claimsOf(body.accessToken);
    expect(claims).toEqual({
      sub: body.user.id,
      role: 'user',
      iss: 'commonplace',
      email_verified: false,
      auth_time: expect.any(Number),
    });
    expect(Number(exp) - Number(iat)).toBe(600);
    expect(sid).toEqual(expect.any(String));
  });

  it('takes an address once, whatever its case, also when two ask at once', async () => {
    const email = newAddress();
    const answers = await Promise.all(
      [email, email.toUpperCase(), email].map((each) => accounts.post('register', { email: each, password: PASSWORD })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.type).toBe('urn:commonplace:problem:email-taken');
    expect(refused?.text).not.toContain(email);
    expect(await accounts.sql(`select id from users where email = $1`, [email])).toHaveLength(1);
  });

  it.each([
    ['no address', { password: PASSWORD }, '#/email'],
    ['no e-mail address', { email: 'ada', password: PASSWORD }, '#/email'],
    [
      'an address of 255 characters',
      { email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(63)}.${'d'.repeat(63)}.example`, password: PASSWORD },
      '#/email',
    ],
    ['a list of addresses', { email: [newAddress()], password: PASSWORD }, '#/email'],
    ['an address with half a surrogate pair', { email: `\uD83D${newAddress()}`, password: PASSWORD }, '#/email'],
    [
      'an address that without case is that of another',
      { email: `\u0130${newAddress()}`, password: PASSWORD },
      '#/email',
    ],
    ['an address with a quoted name', { email: '"a, b"@example.org', password: PASSWORD }, '#/email'],
    ['no password', { email: newAddress() }, '#/password'],
    ['a password of 11 characters', { email: newAddress(), password: 'x'.repeat(11) }, '#/password'],
    ['a password of 6 characters in 12 code units', { email: newAddress(), password: '😀'.repeat(6) }, '#/password'],
    ['a password of 129 characters', { email: newAddress(), password: 'x'.repeat(129) }, '#/password'],
    ['a password with half a surrogate pair', { email: newAddress(), password: `${PASSWORD}\uD83D` }, '#/password'],
    ['a name of 201 characters', { email: newAddress(), password: PASSWORD, name: 'x'.repeat(201) }, '#/name'],
    ['a name of two lines', { email: newAddress(), password: PASSWORD, name: 'a\nb' }, '#/name'],
    ['null for an invitation', { email: newAddress(), password: PASSWORD, invitation: null }, '#/invitation'],
    ['a role', { email: newAddress(), password: PASSWORD, role: 'admin' }, '#/role'],
  ])('refuses %s and says where', async (_, request, pointer) => {
    const { status, body } = await accounts.post('register', request);
    expect([status, body.type, body.errors?.map((error) => error.pointer)]).toEqual([
      400,
      'urn:commonplace:problem:validation-failed',
      [pointer],
    ]);
  });

  it.each([
    ['128 characters outside the basic plane', '😀😎🤖👻'.repeat(32)],
    ['a composed and a decomposed accent alike', 'pässwort-lang-genug'.normalize('NFD')],
  ])('takes a password of %s, with which one can sign in', async (_, password) => {
    const email = newAddress();
    expect((await accounts.post('register', { email, password })).status).toBe(201);
    expect((await accounts.post('login', { email, password: password.normalize('NFC') })).status).toBe(200);
    expect((await accounts.post('login', { email, password: `${password.slice(0, -2)}x` })).status).toBe(401);
  });
});

describe('signing in', () => {
  it('opens a session of its own, whatever the case of the address', async () => {
    const email = newAddress();
    const { userId } = await server.client.signUp(email);
    const { status, body } = await accounts.post(
      'login',
      { email: ` ${email.toUpperCase()}`, password: PASSWORD },
      { 'user-agent': `agent ${'x'.repeat(500)}` },
    );
    expect([status, body.user.id, body.user.email, body.tokenType, body.expiresIn]).toEqual([
      200,
      userId,
      email,
      'Bearer',
      600,
    ]);
    const [session] = await accounts.sql(`select user_agent, host(ip) as ip, revoked_at from sessions where id = $1`, [
      claimsOf(body.accessToken).sid,
    ]);
    expect(session).toEqual({ user_agent: `agent ${'x'.repeat(394)}`, ip: '127.0.0.1', revoked_at: null });
  });

  it('says the same of an unknown address and of a wrong password', async () => {
    const { email } = await server.client.signUp();
    const answers = await Promise.all([
      accounts.post('login', { email, password: 'wrong horse battery' }),
      accounts.post('login', { email: newAddress(), password: PASSWORD }),
      accounts.post('login', { email: 'no address at all', password: '' }),
    ]);
    const said = answers.map(({ status, body, headers }) => ({
      status,
      body: { ...body, requestId: '' },
      challenge: headers.get('www-authenticate'),
    }));
    expect(said[0]).toMatchObject({
      status: 401,
      body: { type: 'urn:commonplace:problem:unauthorized' },
      challenge: 'Bearer',
    });
    expect(said[1]).toEqual(said[0]);
    expect(said[2]).toEqual(said[0]);
  });
});

describe('the signed-in user', () => {
  it('is changed by a merge patch: null clears, absent leaves alone', async () => {
    const { token } = await server.client.signUp();
    const patch = async (body: unknown, type = 'application/merge-patch+json'): Promise<User> => {
      const answer = await server.client.patch<User>(ME, { token, body, headers: { 'content-type': type } });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual((await accounts.me(token)).body);
      return answer.body;
    };
    const named = await patch({ name: ' Ada Lovelace ' });
    expect(named.name).toBe('Ada Lovelace');
    expect(named.updatedAt >= named.createdAt).toBe(true);
    expect(await patch({})).toEqual(named);
    expect((await patch({ name: null }, 'application/json')).name).toBeNull();
    const { status, body } = await server.client.patch<ProblemBody>(ME, {
      token,
      body: { name: 'x', email: 'new@example.org' },
    });
    expect([status, body.errors?.[0]?.pointer]).toEqual([400, '#/email']);
    expect((await accounts.me(token)).body.name).toBeNull();
  });

  it('whose account is deleted is refused wherever it matters', async () => {
    const { token, refreshToken, userId } = await server.client.signUp();
    await accounts.sql(`delete from users where id = $1`, [userId]);
    expect((await accounts.me(token)).status).toBe(401);
    expect((await server.client.patch(ME, { token, body: { name: 'back' } })).status).toBe(401);
    expect((await accounts.refresh(refreshToken)).status).toBe(401);
    expect((await server.client.post('/api/v1/notes', { token, body: { title: 'orphan' } })).status).toBe(401);
    expect(await accounts.sql(`select id from users where id = $1`, [userId])).toEqual([]);
  });
});

describe('what is stored', () => {
  it('of passwords and tokens is only hashes', async () => {
    const { refreshToken, token, email } = await server.client.signUp();
    const { body } = await accounts.refresh(refreshToken);
    const users = await accounts.sql(`select password_hash, users::text as row from users where email = $1`, [email]);
    expect(users).toEqual([
      expect.objectContaining({ password_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/) }),
    ]);
    const rows = await accounts.sql(
      `select u::text || s::text as row from users u join sessions s on s.user_id = u.id where email = $1`,
      [email],
    );
    const secrets = [PASSWORD, token, refreshToken, body.refreshToken, body.accessToken];
    for (const secret of secrets) {
      for (const form of [
        secret,
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret.replace(/^cm._/, ''), 'base64url').toString('hex'),
      ]) {
        expect(JSON.stringify([users, rows])).not.toContain(form);
      }
    }
  });
});
