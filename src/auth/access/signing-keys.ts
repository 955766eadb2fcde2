import { createHash, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config';

/** RFC 9068, 2.1: no other kind of JWT is taken for an access token. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** What tells a key from others without giving it away: the first 8 bytes of its SHA-256. */
export function keyIdOf(key: KeyObject): string {
  return createHash('sha256').update(key.export()).digest().subarray(0, 8).toString('base64url');
}

/** The keys of access tokens: `JWT_SECRET` signs, it and `JWT_PREVIOUS_SECRETS` verify, each what names it (`kid`, RFC 7515, 4.1.4). */
@Injectable()
export class SigningKeys {
  private readonly current: KeyObject;
  private readonly byId: Map<unknown, KeyObject>;

  constructor(config: Config) {
    const keys = config.jwtKeys;
    this.current = config.jwtKey;
    this.byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  }

  /** The key that a token has to be signed with. @throws Error when its header cannot be read, or names another kind of token or a foreign key. */
  keyOf(token: string): KeyObject {
    const { kid, typ } = headerOf(token);
    // Tokens of the release before have no key id; they are only ever taken with the key that signs.
    if (kid === undefined) return this.current;
    const key = this.byId.get(kid);
    if (key === undefined) throw new Error('foreign key');
    if (typ !== ACCESS_TOKEN_TYPE) throw new Error('foreign type');
    return key;
  }
}

/** @throws Error when there is none. */
function headerOf(token: string): { kid?: unknown; typ?: unknown } {
  const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
  if (typeof header !== 'object' || header === null) throw new Error('no header');
  return header;
}
