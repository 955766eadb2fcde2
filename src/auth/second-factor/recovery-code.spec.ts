import { createSecretKey, randomBytes } from 'node:crypto';
import { newRecoveryCodes, readRecoveryCode, RecoveryCodeHashes } from './recovery-code';

describe('recovery codes', () => {
  it('are ten different ones of 120 bits, without letters that look alike', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/);
    const letters = new Set(Array.from({ length: 50 }, newRecoveryCodes).flat().join(''));
    expect(letters.size).toBe(33);
  });

  it.each([
    ['7k2q-mx9d-4t0b-vw3e-hc8n-5rjz', '7k2qmx9d4t0bvw3ehc8n5rjz'],
    [' 7K2Q MX9D 4toB VW3E HC8N 5RJZ ', '7k2qmx9d4t0bvw3ehc8n5rjz'],
    // As they were made before.
    ['7k2qm-x9d4t', '7k2qmx9d4t'],
    [' 7K2QM x9d4T ', '7k2qmx9d4t'],
    ['7k2qmx9d4t', '7k2qmx9d4t'],
    ['ooooo-iLiLi', '0000011111'],
  ])('%p is read as %p', (typed, read) => {
    expect(readRecoveryCode(typed)).toBe(read);
  });

  it.each(['', '123456', '7k2qm-x9d4', '7k2qm-x9d4tt', '7k2qm-x9d4u', '7k2qm-x9d4!', '7k2q-mx9d-4t0b-vw3e-hc8n-5rj'])(
    '%p is none',
    (typed) => {
      expect(readRecoveryCode(typed)).toBeNull();
    },
  );

  it('are stored as hashes that differ by user and by the secret of the server', () => {
    const secrets = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
    const hashes = new RecoveryCodeHashes(secrets);
    const [first, second] = hashes.of('7k2qm-x9d4t', 'a');
    expect(first).toHaveLength(32);
    expect(first).not.toEqual(second);
    expect(new RecoveryCodeHashes(secrets.slice(1)).of('7K2QMX9D4T', 'a')).toEqual([second]);
    expect(hashes.of('7k2qm-x9d4t', 'b')[0]).not.toEqual(first);
  });
});
