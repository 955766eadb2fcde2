import { AUTH, newAddress } from './support/accounts';
import type { Answer } from './support/client';
import { OAuthTest, type ProviderId } from './support/oauth';
import type { ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';
import { mailsTo } from './support/second-factor';
import { whileLocked } from './support/while-locked';

const ALL: ProviderId[] = ['google', 'github', 'oidc'];
const IDENTITIES = `${AUTH}/identities`;

interface Identity {
  id: string;
  provider: ProviderId;
  email: string | null;
  name: string | null;
  createdAt: string;
  lastUsedAt: string | null;
}

let oauth: OAuthTest;

beforeAll(async () => {
  oauth = await OAuthTest.start();
});

afterAll(() => oauth.close());

let nextSubject = 1;
let email: string;

beforeEach(() => {
  email = newAddress();
  nextSubject += 1;
  for (const id of ALL) oauth.providers[id].reset({ subject: nextSubject, email, emailVerified: true, name: 'Ada' });
});

async function list(token: string): Promise<Identity[]> {
  const { status, body } = await oauth.server.client.get<{ data: Identity[] }>(IDENTITIES, { token });
  expect(status).toBe(200);
  return body.data;
}

function link(token: string, body: object): Promise<Answer<Identity & ProblemBody>> {
  return oauth.server.client.post(IDENTITIES, { token, body });
}

function unlink(token: string, id: string): Promise<Answer<ProblemBody>> {
  return oauth.server.client.delete(`${IDENTITIES}/${id}`, { token });
}

/** Signs in anew somebody whose first sign-in was with Google, and who then linked GitHub. */
async function withTwoIdentities(): Promise<{ token: string; userId: string; identities: Identity[] }> {
  const { body } = await oauth.signIn('google');
  expect((await link(body.accessToken, await oauth.code('github'))).status).toBe(201);
  return { token: body.accessToken, userId: body.user.id, identities: await list(body.accessToken) };
}

describe('linking', () => {
  it('lets the account at the provider sign in, whatever its address', async () => {
    const { token, userId } = await oauth.server.client.signUp();
    oauth.providers.github.person.emailVerified = false;
    const { status, body } = await link(token, await oauth.code('github'));
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        provider: 'github',
        email,
        name: 'Ada',
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: expect.stringMatching(/Z$/),
      },
    ]);
    expect(await list(token)).toEqual([body]);
    expect((await oauth.signIn('github')).body.user.id).toBe(userId);
    expect(
      await oauth.sql(`select detail from audit_events where type = 'identity-linked' and user_id = $1`, [userId]),
    ).toEqual([{ detail: { provider: 'github', email } }]);
    expect(await mailsTo(oauth.server, userId)).toEqual(['An account at a provider was linked']);
  });

  it('is for one account only', async () => {
    const { body: owner } = await oauth.signIn('google');
    const { token } = await oauth.server.client.signUp();
    const code = await oauth.code('google');
    expectProblem(await link(token, code), 409, 'identity-taken', IDENTITIES);
    expectProblem(await link(owner.accessToken, code), 400, 'token-invalid', IDENTITIES);
    expect(await list(token)).toEqual([]);
    expect((await oauth.signIn('google')).body.user.id).toBe(owner.user.id);
  });

  it('again changes nothing', async () => {
    const { token, userId } = await oauth.server.client.signUp();
    const { body: first } = await link(token, await oauth.code('oidc'));
    const { status, body: second } = await link(token, await oauth.code('oidc'));
    expect([status, second.id, second.createdAt]).toEqual([201, first.id, first.createdAt]);
    expect(await list(token)).toHaveLength(1);
    expect(await mailsTo(oauth.server, userId)).toEqual(['An account at a provider was linked']);
  });

  it('takes only a code with its verifier, once', async () => {
    const { token } = await oauth.server.client.signUp();
    const { code, codeVerifier } = await oauth.code('google');
    expectProblem(await link(token, { code }), 400, 'token-invalid', IDENTITIES);
    expectProblem(await link(token, { code, codeVerifier }), 400, 'token-invalid', IDENTITIES);
    const used = await oauth.code('google');
    await oauth.exchange(used);
    expectProblem(await link(token, used), 400, 'token-invalid', IDENTITIES);
    expectProblem(await link(token, { codeVerifier }), 400, 'validation-failed', IDENTITIES, ['errors']);
    expect(await list(token)).toEqual([]);
  });

  it('of one account by two users at once gives it to one of them', async () => {
    const users = await Promise.all([oauth.server.client.signUp(), oauth.server.client.signUp()]);
    const codes = [await oauth.code('google'), await oauth.code('google')];
    const answers = await Promise.all(users.map(({ token }, at) => link(token, codes[at] ?? {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect(await oauth.sql('select 1 from identities where subject = $1', [String(nextSubject)])).toHaveLength(1);
  });
});

describe('unlinking', () => {
  it('takes the way in away', async () => {
    const { token, userId } = await oauth.server.client.signUp(email);
    const { body } = await link(token, await oauth.code('google'));
    const answer = await unlink(token, body.id);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await list(token)).toEqual([]);
    expectProblem(await oauth.signIn('google'), 403, 'link-required', `${AUTH}/exchange`);
    expectProblem(await unlink(token, body.id), 404, 'not-found', `${IDENTITIES}/${body.id}`);
    expect(
      await oauth.sql(`select detail from audit_events where type = 'identity-unlinked' and user_id = $1`, [userId]),
    ).toEqual([{ detail: { provider: 'google', email } }]);
    expect(await mailsTo(oauth.server, userId)).toEqual([
      'An account at a provider was linked',
      'An account at a provider was unlinked',
    ]);
    const [mail] = await oauth.sql(
      `select recipient, text from mails where subject like '%was unlinked' and user_id = $1`,
      [userId],
    );
    expect(mail).toEqual({
      recipient: email,
      text: expect.stringContaining('The account at Google no longer signs in'),
    });
  });

  it('is refused for the last way in', async () => {
    const { body } = await oauth.signIn('google');
    const [identity] = await list(body.accessToken);
    const id = identity?.id ?? '';
    expectProblem(await unlink(body.accessToken, id), 409, 'last-way-in', `${IDENTITIES}/${id}`);
    expect(await list(body.accessToken)).toHaveLength(1);
    expect(await mailsTo(oauth.server, body.user.id)).toEqual([]);
  });

  it.each([
    ['a password', `update users set password_hash = 'x' where id = $1`],
    [
      'an account at another provider',
      `insert into identities (id, user_id, provider, subject) values (gen_random_uuid(), $1, 'github', gen_random_uuid()::text)`,
    ],
    [
      'a passkey',
      `insert into passkeys (id, user_id, credential_id, public_key, counter, transports, backed_up, name)
       values (gen_random_uuid(), $1, sha256('x'), '\\x00', 0, '{}', false, 'Key')`,
    ],
  ])('is possible when there is %s', async (_, statement) => {
    const { body } = await oauth.signIn('google');
    const [identity] = await list(body.accessToken);
    await oauth.sql(statement, [body.user.id]);
    expect((await unlink(body.accessToken, identity?.id ?? '')).status).toBe(204);
  });

  it('of both at once leaves one', async () => {
    for (let round = 0; round < 5; round += 1) {
      nextSubject += 1;
      email = newAddress();
      for (const id of ALL) oauth.providers[id].reset({ subject: nextSubject, email, emailVerified: true });
      const { token, identities } = await withTwoIdentities();
      const answers = await Promise.all(identities.map(({ id }) => unlink(token, id)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
      expect(await list(token)).toHaveLength(1);
    }
  });

  it('beside a sign-in with it waits in no circle: one comes after the other', async () => {
    const { body } = await oauth.signIn('google');
    const code = await oauth.code('google');
    // As `unlink` does: the user first, then the identity.
    const unlinked = 'delete from identities where user_id = $1';
    const signedIn = await whileLocked(oauth.server.databaseUrl, body.user.id, () => oauth.exchange(code), unlinked);
    // Linked anew, by an address that both sides verified.
    expect(signedIn.status).toBe(200);
  });

  it('of what is not yours is 404', async () => {
    const { identities, token } = await withTwoIdentities();
    const stranger = await oauth.server.client.signUp();
    const id = identities[0]?.id ?? '';
    expectProblem(await unlink(stranger.token, id), 404, 'not-found', `${IDENTITIES}/${id}`);
    expect(await list(token)).toHaveLength(2);
  });
});

describe('whoever signed in long ago', () => {
  it('may look, and must sign in again to link or unlink', async () => {
    const { token, refreshToken } = await oauth.server.client.signUp();
    await oauth.sql(`update sessions set authenticated_at = now() - interval '1 day'`);
    const { body } = await oauth.server.client.post<{ accessToken: string }>(`${AUTH}/refresh`, {
      body: { refreshToken },
    });
    expect(body.accessToken).toEqual(expect.any(String));
    const { body: identity } = await link(token, await oauth.code('google'));
    expect(await list(body.accessToken)).toHaveLength(1);
    const path = `${IDENTITIES}/${identity.id}`;
    expectProblem(await link(body.accessToken, await oauth.code('github')), 403, 'fresh-sign-in-required', IDENTITIES);
    expectProblem(await unlink(body.accessToken, identity.id), 403, 'fresh-sign-in-required', path);
  });
});
