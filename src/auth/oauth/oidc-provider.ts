import type { ClientAuth, Configuration } from 'openid-client';
import { boundedFetch } from './bounded-fetch';
import { type Begun, type FlowSecrets, type Provider, profileFrom, type ProviderProfile } from './provider';
import type { ProviderClient } from './provider-client';

type Library = typeof import('openid-client');
type Claims = Record<string, unknown>;

/**
 * Any OpenID provider, by discovery (OpenID Connect Discovery 1.0): Keycloak, Authentik, Authelia and their like. The library checks the ID token, the
 * nonce and `iss` (RFC 9207). It is loaded, and the provider asked, at the first sign-in: a provider that is down keeps nothing from starting.
 */
export class OidcProvider implements Provider {
  readonly id = 'oidc';
  private discovered?: Promise<Configuration>;

  constructor(
    private readonly client: ProviderClient,
    readonly name: string,
  ) {}

  async begin(state: string): Promise<Begun> {
    const library = await import('openid-client');
    const verifier = library.randomPKCECodeVerifier();
    const nonce = library.randomNonce();
    const location = library.buildAuthorizationUrl(await this.configuration(library), {
      redirect_uri: this.client.callbackUrl,
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { location: location.href, secrets: { verifier, nonce } };
  }

  async finish(query: Record<string, string>, state: string, secrets: FlowSecrets): Promise<ProviderProfile> {
    const library = await import('openid-client');
    const configuration = await this.configuration(library);
    const callback = new URL(`${this.client.callbackUrl}?${new URLSearchParams(query).toString()}`);
    const tokens = await library.authorizationCodeGrant(configuration, callback, {
      expectedState: state,
      expectedNonce: secrets.nonce,
      pkceCodeVerifier: secrets.verifier,
      idTokenExpected: true,
    });
    const claims: Claims = { ...tokens.claims() };
    const more = await this.userInfo(library, configuration, tokens.access_token, claims);
    return profileFrom({
      subject: claims.sub,
      email: more.email,
      emailVerified: more.email_verified,
      name: more.name ?? more.preferred_username,
    });
  }

  /** The claims, from the place where this provider says them: many have the address in the ID token, some only here (OpenID Connect Core, 5.4). */
  private async userInfo(
    library: Library,
    configuration: Configuration,
    token: string,
    claims: Claims,
  ): Promise<Claims> {
    if (claims.email !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    return library.fetchUserInfo(configuration, token, String(claims.sub));
  }

  /** Asked once, and again only after a failure. */
  private configuration(library: Library): Promise<Configuration> {
    this.discovered ??= this.discover(library).catch((error: unknown) => {
      this.discovered = undefined;
      throw error;
    });
    return this.discovered;
  }

  private discover(library: Library): Promise<Configuration> {
    const { clientId, clientSecret, url = '' } = this.client;
    const issuer = new URL(url);
    return library.discovery(issuer, clientId, clientSecret, authenticationWith(library, clientSecret), {
      [library.customFetch]: (address, options) => boundedFetch(address, options),
      // `Config` has allowed it, for this machine or outside production.
      execute: issuer.protocol === 'http:' ? [library.allowInsecureRequests] : [],
      timeout: 10,
    });
  }
}

/** By HTTP Basic, the default of OpenID Connect, unless the provider says that it takes only the form. */
function authenticationWith(library: Library, secret: string): ClientAuth {
  const basic = library.ClientSecretBasic(secret);
  const post = library.ClientSecretPost(secret);
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, client, body, headers);
  };
}
