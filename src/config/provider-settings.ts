import { IsOptional, IsString, MinLength, ValidateIf } from 'class-validator';
import { IsProviderUrl } from './is-provider-url';

export const PROVIDER_IDS = ['google', 'github', 'oidc'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

/** Each setting of a provider asks for those that it needs: one that is configured by half would fail when somebody signs in. */
const GOOGLE = ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_URL'];
const GITHUB = ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET', 'GITHUB_URL'];
const OIDC = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'];

const neededWith = (names: string[]): PropertyDecorator =>
  ValidateIf((settings: object) => names.some((name) => Reflect.get(settings, name) !== undefined));
const needed = (names: string[]) => ({ message: `is needed as well, since one of ${names.join(', ')} is set` });

/** The part of the configuration that is about signing in with Google, GitHub and OpenID Connect. */
export abstract class ProviderSettings {
  @neededWith(GOOGLE)
  @IsString(needed(GOOGLE))
  readonly GOOGLE_CLIENT_ID?: string;

  @neededWith(GOOGLE)
  @IsString(needed(GOOGLE))
  readonly GOOGLE_CLIENT_SECRET?: string;

  /** Another OpenID provider in Google's place, with /authorize, /token and /userinfo below it: for tests. */
  @IsOptional()
  @IsProviderUrl()
  readonly GOOGLE_URL?: string;

  @neededWith(GITHUB)
  @IsString(needed(GITHUB))
  readonly GITHUB_CLIENT_ID?: string;

  @neededWith(GITHUB)
  @IsString(needed(GITHUB))
  readonly GITHUB_CLIENT_SECRET?: string;

  /** Address of a GitHub Enterprise Server. */
  @IsOptional()
  @IsProviderUrl()
  readonly GITHUB_URL?: string;

  @neededWith(OIDC)
  @IsProviderUrl()
  readonly OIDC_ISSUER?: string;

  @neededWith(OIDC)
  @IsString(needed(OIDC))
  readonly OIDC_CLIENT_ID?: string;

  @neededWith(OIDC)
  @IsString(needed(OIDC))
  readonly OIDC_CLIENT_SECRET?: string;

  /** What people read on the button. */
  @IsString()
  @MinLength(1, { message: 'must be a name' })
  readonly OIDC_NAME: string = 'Single sign-on';

  /** What people call a provider, whether or not it is configured. */
  providerName(id: ProviderId): string {
    return { google: 'Google', github: 'GitHub', oidc: this.OIDC_NAME }[id];
  }

  /** The providers that are configured: for users of this server, the others do not exist. */
  get providerIds(): ProviderId[] {
    const clients = { google: this.GOOGLE_CLIENT_ID, github: this.GITHUB_CLIENT_ID, oidc: this.OIDC_CLIENT_ID };
    return PROVIDER_IDS.filter((id) => clients[id] !== undefined);
  }
}
