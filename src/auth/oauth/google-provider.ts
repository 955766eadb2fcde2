import { Strategy, type StrategyOptions } from 'passport-google-oauth20';
import {
  boundRequests,
  requireIssuer,
  runBegin,
  runFinish,
  STRATEGY_OPTIONS,
  type StrategyFactory,
  verifyProfile,
} from './passport-provider';
import { type Begun, type FlowSecrets, type Provider, profileFrom, type ProviderProfile } from './provider';
import type { ProviderClient } from './provider-client';

/** Google's OpenID configuration, https://accounts.google.com/.well-known/openid-configuration */
const GOOGLE = {
  issuer: 'https://accounts.google.com',
  authorizationURL: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenURL: 'https://oauth2.googleapis.com/token',
  userProfileURL: 'https://openidconnect.googleapis.com/v1/userinfo',
};

class BoundedStrategy extends Strategy {
  constructor(options: StrategyOptions, fault: (error: unknown) => void) {
    super(options, verifyProfile);
    boundRequests(this._oauth2, fault);
  }
}

/** Google, or, at `url`, another OpenID provider in its place. */
export class GoogleProvider implements Provider {
  readonly id = 'google';
  private readonly issuer: string;
  private readonly strategy: StrategyFactory;

  constructor(
    { clientId, clientSecret, callbackUrl, url }: ProviderClient,
    readonly name: string,
  ) {
    const { issuer, ...endpoints } = url === undefined ? GOOGLE : endpointsBelow(url);
    const client = {
      clientID: clientId,
      clientSecret,
      callbackURL: callbackUrl,
      scope: ['openid', 'email', 'profile'],
    };
    this.issuer = issuer;
    this.strategy = (fault) => new BoundedStrategy({ ...STRATEGY_OPTIONS, ...client, ...endpoints }, fault);
  }

  begin(state: string): Promise<Begun> {
    return runBegin(this.strategy, state);
  }

  async finish(query: Record<string, string>, _state: string, secrets: FlowSecrets): Promise<ProviderProfile> {
    requireIssuer(query, this.issuer);
    const { _json: claims } = await runFinish(this.strategy, query, secrets);
    return profileFrom({
      subject: claims.sub,
      email: claims.email,
      emailVerified: claims.email_verified,
      name: claims.name,
    });
  }
}

function endpointsBelow(url: string): typeof GOOGLE {
  return {
    issuer: url,
    authorizationURL: `${url}/authorize`,
    tokenURL: `${url}/token`,
    userProfileURL: `${url}/userinfo`,
  };
}
