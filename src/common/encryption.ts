import { createCipheriv, createDecipheriv, createHash, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const HEADER_BYTES = 1 + KEY_ID_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

interface Key {
  id: Buffer;
  bytes: Buffer;
}

/** A key for one purpose from a secret of the server (HKDF-SHA-256, RFC 5869): what is learnt of one purpose's key says nothing of another's. */
export function deriveKey(secret: KeyObject, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `commonplace/${purpose}`, 32));
}

/**
 * Encrypts what must be read again (AES-256-GCM, NIST SP 800-38D). A value says with which of the server's secrets it was made, so that the secret
 * can be replaced while the former ones still read; it is bound to its owner, so that a row that was moved to somebody else does not decrypt.
 * With random nonces a key is good for 2^32 values.
 */
export class Encryption {
  private readonly keys: Key[];

  /** @param secrets the one for new values first, then former ones @param purpose what the values are; each purpose has keys of its own */
  constructor(secrets: readonly KeyObject[], purpose: string) {
    this.keys = secrets.map((secret) => {
      const bytes = deriveKey(secret, purpose);
      return { bytes, id: createHash('sha256').update('key id\0').update(bytes).digest().subarray(0, KEY_ID_BYTES) };
    });
  }

  /** A version, the id of the key, the nonce, the encrypted text, the tag; 33 bytes longer than `plain`. */
  seal(plain: Uint8Array, owner: string): Buffer {
    const [key] = this.keys;
    if (key === undefined) throw new Error('There is no key to encrypt with');
    const header = Buffer.from([VERSION, ...key.id]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(authenticated(header, owner));
    return Buffer.concat([header, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error when it was made with an unknown secret, for another owner or purpose, or was changed since. */
  open(sealed: Buffer, owner: string): Buffer {
    if (sealed.length < OVERHEAD_BYTES || sealed[0] !== VERSION) throw new Error('This is no encrypted value');
    const key = this.keys.find(({ id }) => id.equals(keyIdOf(sealed)));
    if (key === undefined) {
      throw new Error('It was encrypted with a key that is not there: is one missing in ENCRYPTION_PREVIOUS_KEYS?');
    }
    const nonce = sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES })
      .setAAD(authenticated(sealed.subarray(0, HEADER_BYTES), owner))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = sealed.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  }

  /** Whether a value was made with the secret for new ones; if not, seal it again when it is at hand. */
  isCurrent(sealed: Buffer): boolean {
    return this.keys[0]?.id.equals(keyIdOf(sealed)) === true;
  }
}

function keyIdOf(sealed: Buffer): Buffer {
  return sealed.subarray(1, HEADER_BYTES);
}

function authenticated(header: Buffer, owner: string): Buffer {
  return Buffer.concat([header, Buffer.from(owner, 'utf8')]);
}
