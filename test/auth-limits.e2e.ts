import { Accounts, newAddress, PASSWORD } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { redisServerPath, TestRedis } from './support/redis';
import type { ProblemBody } from './support/notes';

const LIMITS = { SIGN_IN_LIMIT_PER_ADDRESS: '6', SIGN_IN_LIMIT_PER_ACCOUNT: '3' };

function signIn(app: TestApp, account = newAddress(), forwarded?: string): Promise<Answer<ProblemBody>> {
  const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return app.client.post('/api/v1/auth/login', { body: { email: account, password: 'wrong horse battery' }, headers });
}

/** The statuses of attempts one after the other. */
async function attempts(app: TestApp, each: [account?: string, forwarded?: string][]): Promise<number[]> {
  const statuses: number[] = [];
  for (const [account, forwarded] of each) statuses.push((await signIn(app, account, forwarded)).status);
  return statuses;
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

async function withApp(environment: Record<string, string>, test: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await startTestApp({ environment: { ...LIMITS, WORKER: 'off', ...environment } });
  try {
    await test(app);
  } finally {
    await app.close();
  }
}

describe('the limits of signing in', () => {
  it('count by account, whatever the case of its address, and say what is left', async () => {
    await withApp({}, async (app) => {
      const account = newAddress();
      const first = await signIn(app, account);
      expect(first.status).toBe(401);
      expect(first.headers.get('ratelimit')).toBe('"address";r=5;t=60, "account";r=2;t=60');
      expect(first.headers.get('ratelimit-policy')).toBe('"address";q=6;w=60, "account";q=3;w=60');
      expect(first.headers.get('retry-after')).toBeNull();
      expect(await attempts(app, [[account.toUpperCase()], [` ${account}`]])).toEqual([401, 401]);
      const refused = await signIn(app, account);
      expect([refused.status, refused.body.type]).toEqual([429, 'urn:commonplace:problem:too-many-requests']);
      expect(refused.headers.get('ratelimit')).toContain('"account";r=0;t=60');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect(await attempts(app, [[newAddress()]])).toEqual([401]);
    });
  });

  it('count by address, which a forged X-Forwarded-For does not change', async () => {
    await withApp({}, async (app) => {
      expect(
        await attempts(
          app,
          times(7, (index) => [newAddress(), `203.0.113.${index}`]),
        ),
      ).toEqual([...times(6, () => 401), 429]);
      const { status, headers } = await app.client.post('/api/v1/auth/register', {
        body: { email: newAddress(), password: PASSWORD },
      });
      expect([status, headers.get('ratelimit')]).toEqual([201, '"address";r=5;t=60, "account";r=2;t=60']);
    });
  });

  it('count by what the nearest trusted proxy wrote into X-Forwarded-For', async () => {
    await withApp({ TRUST_PROXY: '1' }, async (app) => {
      expect(
        await attempts(
          app,
          times(7, () => [newAddress(), '203.0.113.1']),
        ),
      ).toEqual([...times(6, () => 401), 429]);
      expect(await attempts(app, [[newAddress(), '203.0.113.2']])).toEqual([401]);
      expect(
        await attempts(
          app,
          times(2, (index) => [newAddress(), `198.51.100.${index}, 203.0.113.1`]),
        ),
      ).toEqual([429, 429]);
    });
  });

  it('count an IPv6 network as one address', async () => {
    await withApp({ TRUST_PROXY: '1' }, async (app) => {
      const statuses = await attempts(
        app,
        times(7, (index) => [newAddress(), `2001:db8::${index}`]),
      );
      expect(statuses).toEqual([...times(6, () => 401), 429]);
      expect(await attempts(app, [[newAddress(), '2001:db8:0:1::1']])).toEqual([401]);
    });
  });

  it('count what has neither an address nor a token by where it comes from', async () => {
    await withApp({}, async (app) => {
      const statuses = await Promise.all(
        times(4, async () => (await app.client.post('/api/v1/auth/refresh', { body: {} })).status),
      );
      expect(statuses.toSorted()).toEqual([400, 400, 400, 429]);
    });
  });

  it('of signing out count by account, so that an office with one address can end its day', async () => {
    await withApp({ SIGN_IN_LIMIT_PER_ADDRESS: '100' }, async (app) => {
      const users = await Promise.all(times(5, () => app.client.signUp()));
      const statuses = await Promise.all(
        users.map(async ({ token }) => (await app.client.post('/api/v1/auth/logout', { token })).status),
      );
      expect(statuses).toEqual(times(5, () => 204));
    });
  });
});

describe('behind a proxy', () => {
  it('signing in works whatever is in X-Forwarded-For', async () => {
    await withApp({ TRUST_PROXY: 'true' }, async (app) => {
      const accounts = new Accounts(app);
      for (const [forwarded, ip] of [
        ['unknown', null],
        ['203.0.113.7:1234', null],
        ['fe80::1%eth0', 'fe80::1'],
        ['203.0.113.7, 10.0.0.1', '203.0.113.7'],
      ]) {
        const registration = { email: newAddress(), password: PASSWORD };
        const answer = await accounts.post('register', registration, { 'x-forwarded-for': forwarded ?? '' });
        expect(answer.status).toBe(201);
        const sessions = await accounts.sql(`select host(ip) as ip from sessions where user_id = $1`, [
          answer.body.user.id,
        ]);
        expect(sessions).toEqual([{ ip }]);
      }
    });
  });
});

// Without a redis-server there is nothing to test them with.
if (redisServerPath() !== undefined)
  describe('the limits with Redis', () => {
    it('are shared by all replicas, and counted by each while Redis is away', async () => {
      const redis = await TestRedis.start();
      await withApp({ REDIS_URL: redis.url }, async (app) => {
        const replica = await startReplica({
          databaseUrl: app.databaseUrl,
          environment: { ...LIMITS, WORKER: 'off', REDIS_URL: redis.url },
        });
        try {
          const account = newAddress();
          expect(
            await attempts(
              app,
              times(2, () => [account]),
            ),
          ).toEqual([401, 401]);
          expect(
            await attempts(
              replica,
              times(2, () => [account]),
            ),
          ).toEqual([401, 429]);
          expect(await attempts(app, [[account]])).toEqual([429]);
          await redis.stop();
          expect(
            await attempts(
              app,
              times(4, () => [account]),
            ),
          ).toEqual([401, 401, 401, 429]);
          expect(await attempts(replica, [[account]])).toEqual([401]);
        } finally {
          await replica.close();
        }
      });
      await redis.close();
    });
  });
