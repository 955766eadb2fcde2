import type { Config } from '../../config/config';

export interface RelyingParty {
  /** The domain that passkeys are bound to. */
  id: string;
  name: string;
  /** The pages that may use them. */
  origins: string[];
}

/**
 * Who we are to browsers (WebAuthn Level 3, 5.1.2 and 13.4.9). The domain is the host of PUBLIC_URL. Passkeys may be used by its own pages, and by those
 * of CLIENT_REDIRECT_URIS and CORS_ORIGINS whose host is the same or below it: browsers let no other page use this domain. Only over https, or on
 * localhost.
 */
export function relyingPartyOf(
  config: Pick<Config, 'publicUrl' | 'CLIENT_REDIRECT_URIS' | 'CORS_ORIGINS'>,
): RelyingParty {
  const own = new URL(config.publicUrl);
  const others = [...config.CLIENT_REDIRECT_URIS, ...config.CORS_ORIGINS]
    .filter((uri) => /^https?:\/\//i.test(uri) && URL.canParse(uri))
    .map((uri) => new URL(uri))
    .filter((url) => isWithin(url.hostname, own.hostname) && isSecure(url));
  return {
    id: own.hostname,
    name: 'Commonplace',
    origins: [...new Set([own, ...others].map(({ origin }) => origin))],
  };
}

/** Pages below a name without a dot, such as localhost, cannot use it: to browsers it is what `org` is. */
function isWithin(host: string, domain: string): boolean {
  return host === domain || (domain.includes('.') && host.endsWith(`.${domain}`));
}

/** What browsers take for a secure context; elsewhere they have no passkeys. */
function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /(^|\.)localhost$/.test(hostname);
}
