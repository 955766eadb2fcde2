import { createSecretKey, type KeyObject } from 'node:crypto';
import { ArrayMaxSize, IsIn, IsString, Matches, MinLength, NotContains, ValidateIf } from 'class-validator';
import { IsWhole } from './is-whole';
import { List } from './list';
import { ProviderSettings } from './provider-settings';

const SECRET = { message: 'must be a random secret of at least 32 characters (openssl rand -base64 48)' };
const SECRETS = { each: true, message: 'must be random secrets of at least 32 characters, separated by commas' };
const EXAMPLE = { message: 'is still the example: set a random secret (openssl rand -base64 48)' };

const needed = (name: 'JWT_SECRET' | 'ENCRYPTION_KEY') =>
  ValidateIf(
    (settings: SignInSettings & { NODE_ENV?: string }) =>
      settings.NODE_ENV === 'production' || settings[name] !== undefined,
  );

/** The part of the configuration that is about accounts and signing in; see `Config`. */
export abstract class SignInSettings extends ProviderSettings {
  /** Signs access tokens. Made up and kept under DATA_DIR outside production. */
  @needed('JWT_SECRET')
  @IsString(SECRET)
  @MinLength(32, SECRET)
  @NotContains('change-me', EXAMPLE)
  readonly JWT_SECRET?: string;

  /** Former values of JWT_SECRET: what they signed stays valid. */
  @List()
  @MinLength(32, SECRETS)
  @ArrayMaxSize(10, { message: 'must be at most 10 secrets' })
  readonly JWT_PREVIOUS_SECRETS: string[] = [];

  /** Encrypts what must be read again, such as the secrets of second factors. Made up and kept under DATA_DIR outside production. */
  @needed('ENCRYPTION_KEY')
  @IsString(SECRET)
  @MinLength(32, SECRET)
  @NotContains('change-me', EXAMPLE)
  readonly ENCRYPTION_KEY?: string;

  /** Former values of ENCRYPTION_KEY: what they encrypted can be read. */
  @List()
  @MinLength(32, SECRETS)
  @ArrayMaxSize(10, { message: 'must be at most 10 secrets' })
  readonly ENCRYPTION_PREVIOUS_KEYS: string[] = [];

  @IsWhole(60, 3600, 'must be seconds')
  readonly ACCESS_TOKEN_SECONDS: number = 600;

  @IsWhole(1, 365, 'must be days')
  readonly SESSION_IDLE_DAYS: number = 30;

  @IsWhole(1, 3650, 'must be days')
  readonly SESSION_ABSOLUTE_DAYS: number = 180;

  /** How long after signing in one may change what signs in (addresses, second factors, tokens) without doing it again. */
  @IsWhole(60, 86_400, 'must be seconds')
  readonly FRESH_SIGN_IN_SECONDS: number = 900;

  /** Attempts a minute to sign in, register or refresh, from one address. */
  @IsWhole(1, 100_000, 'must be a whole number')
  readonly SIGN_IN_LIMIT_PER_ADDRESS: number = 30;

  /** The same for one account, wherever the attempts come from. */
  @IsWhole(1, 100_000, 'must be a whole number')
  readonly SIGN_IN_LIMIT_PER_ACCOUNT: number = 10;

  /** Who may make an account: anyone, whoever was invited, or nobody but by command. */
  @IsIn(['open', 'invite', 'closed'], { message: 'must be open, invite or closed' })
  readonly REGISTRATION: 'open' | 'invite' | 'closed' = 'open';

  @IsWhole(1, 90, 'must be days')
  readonly INVITATION_DAYS: number = 7;

  /** What may be done before the e-mail address is verified: everything, reading, or only what concerns the account. */
  @IsIn(['full', 'read', 'none'], { message: 'must be full, read or none' })
  readonly UNVERIFIED_ACCESS: 'full' | 'read' | 'none' = 'full';

  /** How long an account that is to be deleted can still be kept. */
  @IsWhole(0, 90, 'must be days')
  readonly ACCOUNT_DELETION_DAYS: number = 7;

  /** How long the audit trail is kept. */
  @IsWhole(30, 3650, 'must be days')
  readonly AUDIT_DAYS: number = 365;

  /** Where a sign-in at a provider may return to beside the server's own page, and which pages may use passkeys. */
  @List()
  @Matches(/^(?!(?:javascript|data|vbscript|blob|file|about):)[a-z][a-z0-9+.-]*:[\x21\x22\x24-\x7e]+$/i, {
    each: true,
    message: 'must be addresses without fragment, separated by commas, such as https://app.example.org/signed-in',
  })
  @ArrayMaxSize(50, { message: 'must be at most 50 addresses' })
  readonly CLIENT_REDIRECT_URIS: string[] = [];

  /** The signing key as a `KeyObject`: given a string, jsonwebtoken tries to parse a public key at every request. */
  get jwtKey(): KeyObject {
    return keyOf('JWT_SECRET', this.JWT_SECRET);
  }

  /** All keys whose signatures are valid, the one that signs first. */
  get jwtKeys(): KeyObject[] {
    return [this.jwtKey, ...this.JWT_PREVIOUS_SECRETS.map((secret) => keyOf('JWT_PREVIOUS_SECRETS', secret))];
  }

  /** All secrets that encrypt at rest, the one for new values first. */
  get encryptionKeys(): KeyObject[] {
    return [
      keyOf('ENCRYPTION_KEY', this.ENCRYPTION_KEY),
      ...this.ENCRYPTION_PREVIOUS_KEYS.map((secret) => keyOf('ENCRYPTION_PREVIOUS_KEYS', secret)),
    ];
  }
}

function keyOf(name: string, secret: string | undefined): KeyObject {
  if (secret === undefined) throw new Error(`${name} is made up by loadConfig; load the configuration with it`);
  return createSecretKey(Buffer.from(secret, 'utf8'));
}
