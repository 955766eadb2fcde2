import { setTimeout as sleep } from 'node:timers/promises';
import { newAddress, PASSWORD } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import type { ProblemBody } from './support/notes';
import { redisServerPath, TestRedis } from './support/redis';

const ENVIRONMENT = { TRUST_PROXY: '1', WORKER: 'off', SIGN_IN_LIMIT_PER_ACCOUNT: '10' };
const ATTACKER = '198.51.100.1';
const OWNER = '203.0.113.1';

const WRONG = 'wrong horse battery';

function signIn(app: TestApp, email: string, from: string, password = WRONG): Promise<Answer<ProblemBody>> {
  const headers = { 'x-forwarded-for': from };
  return app.client.post('/api/v1/auth/login', { body: { email, password }, headers });
}

/** The statuses of wrong passwords one after the other. */
async function fail(app: TestApp, email: string, from: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < times; count += 1) statuses.push((await signIn(app, email, from)).status);
  return statuses;
}

const waitOf = ({ headers }: Answer<object>): number => Number(headers.get('retry-after'));

async function withApp(environment: Record<string, string>, test: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await startTestApp({ environment: { ...ENVIRONMENT, ...environment } });
  try {
    await test(app);
  } finally {
    await app.close();
  }
}

async function newAccount(app: TestApp): Promise<string> {
  return (await app.client.signUp()).email;
}

describe('wrong passwords', () => {
  it('are slowed down more and more after the fifth, and a right one makes up for them', async () => {
    await withApp({ SIGN_IN_LIMIT_PER_ACCOUNT: '30', SIGN_IN_LIMIT_PER_ADDRESS: '100' }, async (app) => {
      const email = await newAccount(app);
      // Half of the limit of an account.
      expect(new Set(await fail(app, email, ATTACKER, 15))).toEqual(new Set([401]));
      const first = await signIn(app, email, ATTACKER, PASSWORD);
      expect([first.status, first.body.type, waitOf(first)]).toEqual([
        429,
        'urn:commonplace:problem:too-many-requests',
        1,
      ]);
      await sleep(1_000);
      expect((await signIn(app, email, ATTACKER)).status).toBe(401);
      const second = await signIn(app, email, ATTACKER);
      expect(second.status).toBe(429);
      // Two, less what is over on a slow machine.
      expect([1, 2]).toContain(waitOf(second));
      await sleep(2_000);
      expect((await signIn(app, email, ATTACKER, PASSWORD)).status).toBe(200);
      expect(await fail(app, email, ATTACKER, 2)).toEqual([401, 401]);
    });
  });

  it.each([
    ['of an i', 'i', '\u0130'],
    ['of a sigma at the end', '\u03C3', '\u03A3'],
  ])('count for one account in whatever case %s', async (_, letter, other) => {
    await withApp({}, async (app) => {
      const { email } = await app.client.signUp(`a${letter}@${newAddress().split('@')[0] ?? ''}.example.org`);
      expect(await fail(app, email, ATTACKER, 5)).toEqual([401, 401, 401, 401, 401]);
      expect((await signIn(app, email.replace(letter, other), ATTACKER)).status).toBe(429);
    });
  });

  it('of a stranger do not lock out the owner, whether at home or elsewhere', async () => {
    await withApp({}, async (app) => {
      const email = await newAccount(app);
      expect((await signIn(app, email, OWNER, PASSWORD)).status).toBe(200);
      expect(await fail(app, email, ATTACKER, 12)).toContain(429);
      expect((await signIn(app, email, OWNER, PASSWORD)).status).toBe(200);
      expect((await signIn(app, email, '203.0.113.99', PASSWORD)).status).toBe(200);
      expect((await signIn(app, email, ATTACKER, PASSWORD)).status).toBe(429);
    });
  });

  it('from many networks slow down each unknown one, but not those where the owner was, and nobody is locked out', async () => {
    await withApp({ SIGN_IN_LIMIT_PER_ACCOUNT: '2' }, async (app) => {
      const email = await newAccount(app);
      expect((await signIn(app, email, OWNER, PASSWORD)).status).toBe(200);
      const attackers = Array.from({ length: 20 }, (_, host) => signIn(app, email, `198.51.100.${host}`));
      expect(new Set((await Promise.all(attackers)).map(({ status }) => status))).toEqual(new Set([401]));
      expect((await signIn(app, email, '192.0.2.1')).status).toBe(401);
      const slowed = await signIn(app, email, '192.0.2.1');
      expect(slowed.status).toBe(429);
      // Of the 30 s, some may be over on a slow machine.
      expect(waitOf(slowed)).toBeGreaterThan(15);
      expect(waitOf(slowed)).toBeLessThanOrEqual(30);
      expect((await signIn(app, email, OWNER, PASSWORD)).status).toBe(200);
      expect((await signIn(app, email, '203.0.113.99', PASSWORD)).status).toBe(200);
    });
  });

  it('are counted for an address without an account just the same', async () => {
    await withApp({}, async (app) => {
      const [account, nobody] = [await newAccount(app), newAddress()];
      const of = (email: string): Promise<number[]> => fail(app, email, ATTACKER, 6);
      expect(await of(account)).toEqual([401, 401, 401, 401, 401, 429]);
      expect(await of(nobody.toUpperCase())).toEqual([401, 401, 401, 401, 401, 429]);
    });
  });

  it('given all at once gain nothing', async () => {
    await withApp({}, async (app) => {
      const email = await newAccount(app);
      const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(app, email, ATTACKER)));
      const tried = answers.filter(({ status }) => status === 401).length;
      // Five, and one for each delay that passes meanwhile on a slow machine.
      expect(tried).toBeGreaterThanOrEqual(5);
      expect(tried).toBeLessThanOrEqual(7);
    });
  });
});

// Without a redis-server there is nothing to test them with.
if (redisServerPath() !== undefined)
  describe('wrong passwords with Redis', () => {
    it('are counted by all replicas together, and by each while Redis is away', async () => {
      const redis = await TestRedis.start();
      await withApp({ REDIS_URL: redis.url }, async (app) => {
        const environment = { ...ENVIRONMENT, REDIS_URL: redis.url };
        const replica = await startReplica({ databaseUrl: app.databaseUrl, environment });
        try {
          const email = await newAccount(app);
          expect(await fail(app, email, ATTACKER, 3)).toEqual([401, 401, 401]);
          expect(await fail(replica, email, ATTACKER, 3)).toEqual([401, 401, 429]);
          expect((await signIn(replica, email, OWNER, PASSWORD)).status).toBe(200);
          await redis.stop();
          expect(await fail(app, email, '198.51.100.2', 6)).toEqual([401, 401, 401, 401, 401, 429]);
          expect(await fail(replica, email, '198.51.100.2', 1)).toEqual([401]);
        } finally {
          await replica.close();
        }
      });
      await redis.close();
    }, 120_000);
  });
