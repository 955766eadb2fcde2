import { createHash, createHmac } from 'node:crypto';
import { Accounts, claimsOf, type Session } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { SignedIn } from './support/client';

const OLD = 'the signing secret before the rotation which is long enough';
const NEW = 'the signing secret after the rotation which is long enough';

interface Header {
  alg?: string;
  typ?: string;
  kid?: unknown;
}

const headerOf = (token: string): Header =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Header;

const kidOf = (secret: string): string =>
  createHash('sha256').update(secret).digest().subarray(0, 8).toString('base64url');

/** The same claims under another header, signed with `secret`. */
function resigned(token: string, header: Header, secret: string): string {
  const content = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${token.split('.')[1] ?? ''}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

let before: TestApp;
let after: TestApp;
let old: Accounts;
let current: Accounts;
let user: SignedIn;

beforeAll(async () => {
  before = await startTestApp({ environment: { JWT_SECRET: OLD } });
  after = await startReplica({
    databaseUrl: before.databaseUrl,
    environment: { JWT_SECRET: NEW, JWT_PREVIOUS_SECRETS: OLD, WORKER: 'off' },
  });
  old = new Accounts(before);
  current = new Accounts(after);
}, 120_000);

afterAll(async () => {
  await after.close();
  await before.close();
});

beforeEach(async () => {
  user = await before.client.signUp();
});

describe('access tokens', () => {
  it('name their key and their kind', async () => {
    expect(headerOf(user.token)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: kidOf(OLD) });
    const { body } = await current.refresh(user.refreshToken);
    expect(headerOf(body.accessToken)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: kidOf(NEW) });
  });

  it('stay valid when the key is rotated', async () => {
    expect((await current.me(user.token)).status).toBe(200);
  });

  it('are taken with the key that they name, and no other', async () => {
    const tokens: [string, number][] = [
      [resigned(user.token, { alg: 'HS256', typ: 'at+jwt', kid: kidOf(NEW) }, NEW), 200],
      [resigned(user.token, { alg: 'HS256', typ: 'at+jwt', kid: kidOf(NEW) }, OLD), 401],
      [resigned(user.token, { alg: 'HS256', typ: 'at+jwt', kid: kidOf(OLD) }, NEW), 401],
      [resigned(user.token, { alg: 'HS256', typ: 'JWT', kid: kidOf(NEW) }, NEW), 401],
      [resigned(user.token, { alg: 'HS256', typ: 'at+jwt', kid: 'AAAAAAAAAAA' }, NEW), 401],
      [resigned(user.token, { alg: 'HS256', typ: 'at+jwt', kid: 1 }, NEW), 401],
      // Of the release before, which named no key.
      [resigned(user.token, { alg: 'HS256', typ: 'JWT' }, NEW), 200],
      [resigned(user.token, { alg: 'HS256', typ: 'JWT' }, OLD), 401],
    ];
    for (const [token, status] of tokens) {
      expect([headerOf(token), (await current.me(token)).status]).toEqual([headerOf(token), status]);
    }
  });

  it('that are refused are told apart: expired, foreign or malformed', async () => {
    const claims = { ...claimsOf(user.token), exp: 1_000_000_000 };
    const expired = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
    const header = { alg: 'HS256', typ: 'at+jwt', kid: kidOf(OLD) };
    const said: [string, string][] = [
      [resigned(expired, header, OLD), 'The access token has expired: refresh it'],
      [
        resigned(user.token, header, 'nobody knows this secret, however long'),
        'The access token is not one that this server signed',
      ],
      [resigned(user.token, { ...header, alg: 'none' }, OLD), 'The access token is not one that this server signed'],
      [`${user.token.split('.').slice(0, 2).join('.')}.`, 'The access token is not one that this server signed'],
      [user.token.slice(0, -4), 'The access token is not one that this server signed'],
      [user.token.split('.').slice(0, 2).join('.'), 'The access token is malformed'],
      [user.token.slice(5), 'The access token is malformed'],
      [`bnVsbA.${user.token.split('.').slice(1).join('.')}`, 'The access token is malformed'],
      ['abc', 'The access token is malformed'],
    ];
    for (const [token, description] of said) {
      const { status, headers } = await old.me(token);
      expect([token, status, headers.get('www-authenticate')]).toEqual([
        token,
        401,
        `Bearer error="invalid_token", error_description="${description}"`,
      ]);
    }
  });
});

describe('refresh tokens', () => {
  it('work across a rotation of the key', async () => {
    const { body: second } = await old.refresh(user.refreshToken);
    const { status, body: third } = await current.refresh(second.refreshToken);
    expect(status).toBe(200);
    expect((await current.refresh(third.refreshToken)).status).toBe(200);
  });

  it('give the same successor again when a retry within 10 s meets the new key', async () => {
    const answers: Session[] = [];
    for (const accounts of [old, current, old]) answers.push((await accounts.refresh(user.refreshToken)).body);
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect((await current.refresh(answers[1]?.refreshToken ?? '')).status).toBe(200);
  });

  it('that were used long before the rotation end the session', async () => {
    const { body: second } = await old.refresh(user.refreshToken);
    const { body: third } = await old.refresh(second.refreshToken);
    expect((await current.refresh(user.refreshToken)).status).toBe(401);
    expect((await current.refresh(third.refreshToken)).status).toBe(401);
    expect((await current.me(third.accessToken)).status).toBe(401);
  });
});
