import { hashSync } from '@node-rs/argon2';
import { hashPassword, needsRehash, verifyPassword } from './passwords';

const PASSWORD = 'correct horse battery';
const CHEAP = hashSync(PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 });

describe('passwords', () => {
  it('are hashed with the parameters of today, and verified, however their characters are composed', async () => {
    const hashed = await hashPassword('Zoe\u0308 Müller 4711');
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(needsRehash(hashed)).toBe(false);
    expect(await verifyPassword(hashed, 'Zoë Mu\u0308ller 4711')).toBe(true);
    expect(await verifyPassword(hashed, 'Zoe Muller 4711')).toBe(false);
    expect(await Promise.all([null, undefined].map((none) => verifyPassword(none, 'Zoë Müller 4711')))).toEqual([
      false,
      false,
    ]);
  });

  it('are refused with 503 where too many wait, and the others lose nothing by it', async () => {
    const all = await Promise.allSettled(Array.from({ length: 150 }, () => verifyPassword(CHEAP, PASSWORD)));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(all.filter((one) => one.status === 'fulfilled' && one.value)).toHaveLength(150 - refused.length);
    expect(refused.length).toBeGreaterThanOrEqual(40);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ status: 503, code: 'unavailable', options: { headers: { 'Retry-After': '2' } } });
    }
    expect(await verifyPassword(CHEAP, PASSWORD)).toBe(true);
  });

  it('keep a hash that cannot be read from signing anybody in', async () => {
    await expect(verifyPassword('not a hash', PASSWORD)).rejects.toThrow('Decoding failed');
    expect(await verifyPassword(CHEAP, PASSWORD)).toBe(true);
  });
});
