import { createSecretKey, randomBytes } from 'node:crypto';
import { deriveKey, Encryption } from './encryption';

const newSecret = () => createSecretKey(randomBytes(48));
const PLAIN = Buffer.from('twenty secret bytes!');
/** No encrypted value, an unknown key, or a tag that does not fit. */
const REFUSED = /no encrypted value|key that is not there|authenticate/;
const OWNER = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';
const OTHER = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f71';

describe('encryption at rest', () => {
  const secret = newSecret();
  const encryption = new Encryption([secret], 'test');

  it('reads what it wrote, whatever its length', () => {
    for (const plain of [PLAIN, Buffer.alloc(0), randomBytes(10_000)]) {
      const sealed = encryption.seal(plain, OWNER);
      expect(sealed).toHaveLength(plain.length + 33);
      expect(encryption.open(sealed, OWNER)).toEqual(plain);
      expect(encryption.isCurrent(sealed)).toBe(true);
    }
  });

  it('writes the same text differently each time, and never openly', () => {
    const sealed = Array.from({ length: 20 }, () => encryption.seal(PLAIN, OWNER));
    expect(new Set(sealed.map((value) => value.toString('hex'))).size).toBe(20);
    expect(new Set(sealed.map((value) => value.subarray(5, 17).toString('hex'))).size).toBe(20);
    for (const value of sealed) expect(value.includes(PLAIN.subarray(0, 4))).toBe(false);
  });

  it('refuses a value of which any one bit was changed, or that was cut', () => {
    const sealed = encryption.seal(PLAIN, OWNER);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => encryption.open(changed, OWNER)).toThrow(REFUSED);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => encryption.open(sealed.subarray(0, length), OWNER)).toThrow(REFUSED);
    }
  });

  it('refuses a value of another owner, of another purpose, or of another secret', () => {
    const sealed = encryption.seal(PLAIN, OWNER);
    expect(() => encryption.open(sealed, OTHER)).toThrow(/authenticate/);
    expect(() => new Encryption([secret], 'other').open(sealed, OWNER)).toThrow(/ENCRYPTION_PREVIOUS_KEYS/);
    expect(() => new Encryption([newSecret()], 'test').open(sealed, OWNER)).toThrow(/ENCRYPTION_PREVIOUS_KEYS/);
  });

  it('reads with former secrets, and writes with the first', () => {
    const replaced = new Encryption([newSecret(), newSecret(), secret], 'test');
    const old = encryption.seal(PLAIN, OWNER);
    expect(replaced.open(old, OWNER)).toEqual(PLAIN);
    expect(replaced.isCurrent(old)).toBe(false);
    const renewed = replaced.seal(PLAIN, OWNER);
    expect(replaced.isCurrent(renewed)).toBe(true);
    expect(() => encryption.open(renewed, OWNER)).toThrow(/ENCRYPTION_PREVIOUS_KEYS/);
  });

  it('derives a key of 256 bits a purpose, always the same', () => {
    expect(deriveKey(secret, 'a')).toHaveLength(32);
    expect(deriveKey(secret, 'a')).toEqual(deriveKey(secret, 'a'));
    expect(deriveKey(secret, 'a')).not.toEqual(deriveKey(secret, 'b'));
  });
});
