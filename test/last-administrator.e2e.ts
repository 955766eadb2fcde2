import { ME, type User } from './support/accounts';
import { codeOf, signInAdmin } from './support/admins';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { query } from './support/database';
import type { ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';

describe('the last administrator', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp();
  });

  afterAll(() => server.close());

  const change = (by: SignedIn, id: string, body: unknown): Promise<Answer<User & ProblemBody>> =>
    server.client.patch(`/api/v1/admin/users/${id}`, { token: by.token, body });

  const administrators = (): Promise<object[]> =>
    query(server.databaseUrl, `select id from users where role = 'admin' and disabled_at is null`);

  it('can be neither demoted nor disabled', async () => {
    const last = await signInAdmin(server);
    for (const body of [{ role: 'user' }, { disabled: true }, { role: 'user', disabled: true }]) {
      expect(codeOf(await change(last, last.userId, body))).toEqual([409, 'last-administrator']);
    }
    const second = await signInAdmin(server);
    expect((await change(second, last.userId, { disabled: true })).status).toBe(200);
    // Disabled, the other one does not count.
    expect(codeOf(await change(second, second.userId, { role: 'user' }))).toEqual([409, 'last-administrator']);
    expect((await change(second, last.userId, { role: 'user' })).status).toBe(200);
    await query(server.databaseUrl, `update users set role = 'user'`);
  });

  it('is left when all demote each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const three = [await signInAdmin(server), await signInAdmin(server), await signInAdmin(server)];
      const answers = await Promise.all(
        three.flatMap((by) =>
          three.filter((other) => other !== by).map(({ userId }) => change(by, userId, { role: 'user' })),
        ),
      );
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      expect(await administrators()).toHaveLength(1);
      await query(server.databaseUrl, `update users set role = 'user'`);
    }
  });

  it('is left when all disable themselves at once', async () => {
    const three = [await signInAdmin(server), await signInAdmin(server), await signInAdmin(server)];
    const answers = await Promise.all(three.map((by) => change(by, by.userId, { disabled: true })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 409]);
    expect(await administrators()).toHaveLength(1);
  });

  describe('who deletes their own account', () => {
    beforeEach(() => query(server.databaseUrl, `update users set role = 'user'`));

    const erase = ({ token }: SignedIn): Promise<Answer<User & ProblemBody>> => server.client.delete(ME, { token });

    it('cannot, until there is another', async () => {
      const last = await signInAdmin(server);
      const disabled = await signInAdmin(server);
      await query(server.databaseUrl, `update users set disabled_at = now() where id = $1`, [disabled.userId]);
      const refused = await erase(last);
      expectProblem(refused, 409, 'last-administrator', ME);
      expect((await server.client.get<User>(ME, { token: last.token })).body.deleteAfter).toBeNull();
      await signInAdmin(server);
      expect((await erase(last)).status).toBe(202);
      // Asked again, it says the same.
      expect((await erase(last)).status).toBe(202);
    });

    it('stays when all do so at once, and others are not kept from it', async () => {
      for (let round = 0; round < 5; round += 1) {
        const [first, second, other] = [
          await signInAdmin(server),
          await signInAdmin(server),
          await server.client.signUp(),
        ];
        const answers = await Promise.all([first, second, other].map(erase));
        expect(answers[2]?.status).toBe(202);
        expect(
          answers
            .slice(0, 2)
            .map(({ status }) => status)
            .toSorted(),
        ).toEqual([202, 409]);
        await query(server.databaseUrl, `update users set role = 'user'`);
      }
    });

    it('stays when one leaves while the other demotes them both', async () => {
      for (let round = 0; round < 5; round += 1) {
        const [first, second] = [await signInAdmin(server), await signInAdmin(server)];
        const answers = await Promise.all([
          erase(first),
          change(second, second.userId, { role: 'user' }),
          change(second, first.userId, { role: 'user' }),
        ]);
        expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
        const left = `select id from users where role = 'admin' and disabled_at is null and delete_after is null`;
        expect(await query(server.databaseUrl, left)).toHaveLength(1);
        await query(server.databaseUrl, `update users set role = 'user'`);
      }
    });
  });
});
