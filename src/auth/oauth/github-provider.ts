import { Strategy, type StrategyOptions } from 'passport-github2';
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

class BoundedStrategy extends Strategy {
  constructor(options: StrategyOptions, fault: (error: unknown) => void) {
    super(options, verifyProfile);
    boundRequests(this._oauth2, fault);
  }
}

/** GitHub, or, at `url`, a GitHub Enterprise Server. */
export class GitHubProvider implements Provider {
  readonly id = 'github';
  private readonly issuer: string;
  private readonly strategy: StrategyFactory;

  constructor(
    { clientId, clientSecret, callbackUrl, url = 'https://github.com' }: ProviderClient,
    readonly name: string,
  ) {
    const api = url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`;
    const options: StrategyOptions = {
      ...STRATEGY_OPTIONS,
      clientID: clientId,
      clientSecret,
      callbackURL: callbackUrl,
      authorizationURL: `${url}/login/oauth/authorize`,
      tokenURL: `${url}/login/oauth/access_token`,
      userProfileURL: `${api}/user`,
      userEmailURL: `${api}/user/emails`,
      scope: ['user:email'],
      // With what GitHub says of each address: else nobody knows whether it is verified.
      allRawEmails: true,
    };
    this.issuer = `${url}/login/oauth`;
    this.strategy = (fault) => new BoundedStrategy(options, fault);
  }

  begin(state: string): Promise<Begun> {
    return runBegin(this.strategy, state);
  }

  async finish(query: Record<string, string>, _state: string, secrets: FlowSecrets): Promise<ProviderProfile> {
    requireIssuer(query, this.issuer);
    const { _json: account, emails = [] } = await runFinish(this.strategy, query, secrets);
    const primary = emails.find((email) => email.primary === true);
    return profileFrom({
      // Not the login, which its owner may change and another may then take.
      subject: account.id,
      email: primary?.value,
      emailVerified: primary?.verified,
      name: account.name ?? account.login,
    });
  }
}
