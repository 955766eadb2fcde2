import { makeAccessToken } from './support/access-tokens';
import { codeOf, signInAdmin } from './support/admins';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { Notes, type ProblemBody } from './support/notes';
import { QUOTA, type Quota } from './support/quotas';

const USERS = '/api/v1/admin/users';

type AdminUser = { id: string; quota: Quota } & ProblemBody;

let server: TestApp;
let admin: SignedIn;
let notes: Notes;

beforeAll(async () => {
  server = await startTestApp({ environment: { USER_NOTE_LIMIT: '2' } });
  admin = await signInAdmin(server);
});

beforeEach(async () => {
  notes = await Notes.signUp(server.client);
});

afterAll(() => server.close());

const patch = (quota: unknown): Promise<Answer<AdminUser>> =>
  server.client.patch(`${USERS}/${notes.user.userId}`, { token: admin.token, body: { quota } });

/** What the trail of the account says of its quota, newest first. */
async function trail(): Promise<object[]> {
  const { body } = await server.client.get<{ data: { type: string; byAdministrator: boolean; detail: object }[] }>(
    '/api/v1/users/me/activity',
    { token: notes.user.token },
  );
  return body.data
    .filter(({ type }) => type === 'quota-changed')
    .map(({ byAdministrator, detail }) => ({ byAdministrator, detail }));
}

describe('what an account may keep', () => {
  it('is shown to administrators with what it keeps, in the list too', async () => {
    await notes.create({ title: 'four' });
    const quota = { notes: { limit: 2, used: 1 }, bytes: { limit: null, used: 4 } };
    const one = await server.client.get<AdminUser>(`${USERS}/${notes.user.userId}`, { token: admin.token });
    expect(one.body.quota).toEqual(quota);
    const { body } = await server.client.get<{ data: AdminUser[] }>(`${USERS}?limit=1`, { token: admin.token });
    expect(body.data).toEqual([one.body]);
  });

  it('is changed by them at once, limit by limit, and is the server’s again with null', async () => {
    await notes.create({ title: '1' });
    await notes.create({ title: '2' });
    expect((await patch({ notes: 3 })).body.quota).toEqual({
      notes: { limit: 3, used: 2 },
      bytes: { limit: null, used: 2 },
    });
    await notes.create({ title: '3' });
    expect((await patch({ bytes: 3 })).body.quota.bytes).toEqual({ limit: 3, used: 3 });
    expect((await patch({ notes: 0 })).body.quota.notes).toEqual({ limit: null, used: 3 });
    expect(await notes.refusal(422, 'POST', '', { title: 'x' })).toMatchObject({ limit: 'bytes', maximum: 3, used: 3 });
    const { body } = await patch({ notes: null, bytes: 4 });
    expect(body.quota).toEqual({ notes: { limit: 2, used: 3 }, bytes: { limit: 4, used: 3 } });
    expect(await notes.refusal(422, 'POST', '', { title: 'x' })).toMatchObject({ limit: 'notes', maximum: 2, used: 3 });
    const own = await server.client.get(QUOTA, { token: notes.user.token });
    expect(own.body).toEqual(body.quota);
    const by = (detail: object): object => ({ byAdministrator: true, detail });
    expect(await trail()).toEqual([
      by({ notes: { from: 0, to: null }, bytes: { from: 3, to: 4 } }),
      by({ notes: { from: 3, to: 0 } }),
      by({ bytes: { from: null, to: 3 } }),
      by({ notes: { from: null, to: 3 } }),
    ]);
  });

  it('is not changed, and nothing is written down, by what says nothing new', async () => {
    await patch({ notes: 5 });
    for (const quota of [{}, { notes: 5 }, { bytes: null }, { notes: 5, bytes: null }]) {
      expect((await patch(quota)).status).toBe(200);
    }
    expect(await trail()).toHaveLength(1);
  });

  it.each([
    ['a negative number', { notes: -1 }, '#/quota/notes'],
    ['a broken number', { notes: 1.5 }, '#/quota/notes'],
    ['a text', { bytes: '5' }, '#/quota/bytes'],
    ['more notes than there can be', { notes: 2_147_483_648 }, '#/quota/notes'],
    ['more bytes than a number holds', { bytes: Number.MAX_SAFE_INTEGER + 1 }, '#/quota/bytes'],
    ['an unknown limit', { files: 1 }, '#/quota/files'],
    ['null', null, '#/quota'],
    ['a list', [{ notes: 1 }], '#/quota'],
    ['a number', 5, '#/quota'],
  ])('is not %s', async (_, quota, pointer) => {
    const answer = await patch(quota);
    expect([answer.status, answer.body.errors?.map((error) => error.pointer)]).toEqual([400, [pointer]]);
    expect(await trail()).toEqual([]);
  });

  it('may be as large as a number can say', async () => {
    const { body } = await patch({ notes: 2_147_483_647, bytes: Number.MAX_SAFE_INTEGER });
    expect([body.quota.notes.limit, body.quota.bytes.limit]).toEqual([2_147_483_647, Number.MAX_SAFE_INTEGER]);
    await notes.create({ title: 'x' });
  });

  it('is read by programs that may read the account, and no others', async () => {
    const reader = await makeAccessToken(server.client, notes.user, { scopes: ['account:read'] });
    const writer = await makeAccessToken(server.client, notes.user, { scopes: ['notes:write'] });
    expect((await server.client.get(QUOTA, { token: reader.token })).status).toBe(200);
    expect(codeOf(await server.client.get(QUOTA, { token: writer.token }))).toEqual([403, 'insufficient-scope']);
  });
});
