import { DataSource, type EntityManager } from 'typeorm';
import { SessionsService } from '../src/auth/sessions/sessions.service';
import { Accounts, PASSWORD, type Session } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import type { ProblemBody } from './support/notes';
import { untilWaitedFor } from './support/while-locked';

let server: TestApp;
let accounts: Accounts;
let user: SignedIn;

beforeAll(async () => {
  server = await startTestApp();
  accounts = new Accounts(server);
});

afterAll(() => server.close());

beforeEach(async () => {
  user = await server.client.signUp();
});

describe('ending all sessions in a transaction of another feature', () => {
  const service = (): SessionsService => server.app.get(SessionsService, { strict: false });
  const transaction = (run: (manager: EntityManager) => Promise<void>): Promise<void> =>
    server.app.get(DataSource).transaction(run);

  it('gives their number, and refuses them only once it is committed', async () => {
    await accounts.post('login', { email: user.email, password: PASSWORD });
    await transaction(async (manager) => {
      expect(await service().endAll(manager, user.userId)).toBe(2);
      expect((await accounts.me(user.token)).status).toBe(200);
    });
    expect((await accounts.me(user.token)).status).toBe(401);
  });

  it('ends none when that is rolled back', async () => {
    const failing = transaction(async (manager) => {
      await service().endAll(manager, user.userId, {});
      throw new Error('something else failed');
    });
    await expect(failing).rejects.toThrow('something else failed');
    expect((await accounts.me(user.token)).status).toBe(200);
    expect((await accounts.refresh(user.refreshToken)).status).toBe(200);
  });

  it('leaves no way for a sign-in with the old password that is under way', async () => {
    const { email, userId } = user;
    let login: Promise<Answer<Session & ProblemBody>> | undefined;
    await transaction(async (manager) => {
      await service().endAll(manager, userId);
      await manager.query(`update users set password_hash = 'changed' where id = $1`, [userId]);
      login = accounts.post('login', { email, password: PASSWORD });
      // It has found the password right and waits for this transaction.
      await untilWaitedFor(server.databaseUrl);
    });
    expect((await login)?.status).toBe(401);
    expect(await accounts.sql(`select id from sessions where user_id = $1 and revoked_at is null`, [userId])).toEqual(
      [],
    );
  });
});
