import { createCipheriv, createDecipheriv, createHash, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseCookie, stringifySetCookie } from 'cookie';
import { Config } from '../../config/config';
import type { ProviderId } from '../../config/provider-settings';
import { ONE_TIME_TOKEN_SECONDS } from '../one-time-tokens/one-time-token.entity';
import type { FlowSecrets } from './provider';
import { callbackUrl } from './provider-client';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Binds a sign-in at a provider to the browser that began it: a cookie a flow, so that several tabs do not mind each other, that no script can read, that
 * only the callback of the provider gets, and that is encrypted for its state and provider, so that it opens no other flow. `SameSite=Lax`, since the
 * browser comes back from another site.
 */
@Injectable()
export class FlowCookies {
  constructor(private readonly config: Config) {}

  /** The `Set-Cookie` that begins a flow. */
  set(provider: ProviderId, state: string, secrets: FlowSecrets): string {
    return this.cookie(provider, state, seal(secrets, contextOf(provider, state), this.config.jwtKey));
  }

  /** The `Set-Cookie` that ends it. */
  clear(provider: ProviderId, state: string): string {
    return this.cookie(provider, state, '');
  }

  /** What `set` put into this browser for this state; undefined when it did not, or somebody changed it. */
  read(provider: ProviderId, state: string, cookies: string): FlowSecrets | undefined {
    const sealed = parseCookie(cookies)[this.nameOf(state)];
    if (!sealed) return undefined;
    const context = contextOf(provider, state);
    for (const key of this.config.jwtKeys) {
      const secrets = open(sealed, context, key);
      if (secrets !== undefined) return secrets;
    }
    return undefined;
  }

  private cookie(provider: ProviderId, state: string, value: string): string {
    return stringifySetCookie({
      name: this.nameOf(state),
      value,
      path: new URL(callbackUrl(this.config, provider)).pathname,
      httpOnly: true,
      sameSite: 'lax',
      secure: this.secure,
      maxAge: value === '' ? 0 : ONE_TIME_TOKEN_SECONDS['provider-state'],
    });
  }

  private nameOf(state: string): string {
    const flow = createHash('sha256').update(state).digest('hex').slice(0, 16);
    return `${this.secure ? '__Secure-' : ''}commonplace_flow_${flow}`;
  }

  private get secure(): boolean {
    return this.config.publicUrl.startsWith('https:');
  }
}

const contextOf = (provider: ProviderId, state: string): Buffer => Buffer.from(`${provider} ${state}`);

/** RFC 5869: a key for this use alone, from the one that signs. */
function keyFrom(key: KeyObject): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'commonplace provider flow', 32));
}

function seal(secrets: FlowSecrets, context: Buffer, key: KeyObject): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyFrom(key), iv).setAAD(context);
  const text = Buffer.concat([cipher.update(JSON.stringify(secrets)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}

function open(sealed: string, context: Buffer, key: KeyObject): FlowSecrets | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  const text = bytes.subarray(IV_BYTES + TAG_BYTES);
  if (text.length === 0) return undefined;
  try {
    const decipher = createDecipheriv(CIPHER, keyFrom(key), bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(context)
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    // The tag says that `seal` made it.
    return JSON.parse(Buffer.concat([decipher.update(text), decipher.final()]).toString()) as FlowSecrets;
  } catch {
    return undefined;
  }
}
