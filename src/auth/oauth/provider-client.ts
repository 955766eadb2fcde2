import type { Config } from '../../config/config';
import type { ProviderId } from '../../config/provider-settings';

/** What this server is at a provider. */
export interface ProviderClient {
  clientId: string;
  clientSecret: string;
  /** Where the provider sends the browser back to: registered there, and compared exactly. */
  callbackUrl: string;
  /** Where the provider is; absent for the public one. */
  url: string | undefined;
}

/** Below `publicUrl`, as browsers see it: a proxy may add a path in front. */
export function startUrl(config: Config, id: ProviderId): string {
  return `${config.publicUrl}/api/v1/auth/oauth/${id}`;
}

export function callbackUrl(config: Config, id: ProviderId): string {
  return `${startUrl(config, id)}/callback`;
}

/** The client of a provider that is configured. */
export function clientOf(config: Config, id: ProviderId): ProviderClient {
  const [clientId, clientSecret, url] = {
    google: [config.GOOGLE_CLIENT_ID, config.GOOGLE_CLIENT_SECRET, config.GOOGLE_URL],
    github: [config.GITHUB_CLIENT_ID, config.GITHUB_CLIENT_SECRET, config.GITHUB_URL],
    oidc: [config.OIDC_CLIENT_ID, config.OIDC_CLIENT_SECRET, config.OIDC_ISSUER],
  }[id];
  if (clientId === undefined || clientSecret === undefined) throw new Error(`${id} is not configured`);
  // An issuer is compared as it is written; the others are bases of addresses.
  return { clientId, clientSecret, callbackUrl: callbackUrl(config, id), url: id === 'oidc' ? url : withoutSlash(url) };
}

function withoutSlash(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, '');
}
