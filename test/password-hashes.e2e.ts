import { hash } from '@node-rs/argon2';
import { Accounts, newAddress, PASSWORD } from './support/accounts';
import { startTestApp, type TestApp } from './support/app';

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp({ environment: { WORKER: 'off' } });
  accounts = new Accounts(server);
});

afterAll(() => server.close());

const login = async (email: string, password: string): Promise<number> =>
  (await accounts.post('login', { email, password })).status;

describe('hashes', () => {
  it('of less than today are made anew when their user signs in', async () => {
    const { email, userId } = await server.client.signUp();
    const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await accounts.sql(`update users set password_hash = $2 where id = $1`, [userId, weak]);
    const stored = async (): Promise<unknown> =>
      (await accounts.sql(`select password_hash, updated_at from users where id = $1`, [userId]))[0];
    const before = await stored();
    expect(await login(email, 'wrong horse battery')).toBe(401);
    expect(await stored()).toEqual(before);
    expect(await login(email, PASSWORD)).toBe(200);
    const after = await stored();
    expect(after).toEqual({
      password_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
      updated_at: (before as { updated_at: Date }).updated_at,
    });
    expect(await login(email, PASSWORD)).toBe(200);
    expect(await stored()).toEqual(after);
  });

  it('of a flood of sign-ins leave room for other requests, and what is too much is told to come again', async () => {
    const flood = Promise.all(
      Array.from({ length: 60 }, () => accounts.post('login', { email: newAddress(), password: PASSWORD })),
    );
    const probes: number[] = [];
    const state = { isOver: false };
    const end = flood.finally(() => (state.isOver = true));
    while (!state.isOver) probes.push((await server.client.get('/health/live')).status);
    await end;
    // How many are too many is tested beside the queue: a slow machine lets them come in slowly.
    for (const { status, headers } of await flood) {
      expect([status, headers.get('retry-after')]).toEqual(status === 503 ? [503, '2'] : [401, null]);
    }
    expect(new Set(probes)).toEqual(new Set([200]));
    expect(probes.length).toBeGreaterThan(5);
  });
});
