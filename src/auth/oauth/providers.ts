import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/problem';
import { Config } from '../../config/config';
import type { ProviderId } from '../../config/provider-settings';
import { GitHubProvider } from './github-provider';
import { GoogleProvider } from './google-provider';
import { OidcProvider } from './oidc-provider';
import type { Provider } from './provider';
import { clientOf } from './provider-client';

/** The providers that are configured. */
@Injectable()
export class Providers {
  private readonly byId: ReadonlyMap<string, Provider>;

  constructor(config: Config) {
    this.byId = new Map(config.providerIds.map((id) => [id, makeProvider(id, config)]));
  }

  all(): Provider[] {
    return [...this.byId.values()];
  }

  /** @throws NotFoundError for one that is not configured */
  get(id: string): Provider {
    const provider = this.byId.get(id);
    if (provider === undefined) throw new NotFoundError('provider');
    return provider;
  }
}

function makeProvider(id: ProviderId, config: Config): Provider {
  const client = clientOf(config, id);
  const name = config.providerName(id);
  if (id === 'google') return new GoogleProvider(client, name);
  if (id === 'github') return new GitHubProvider(client, name);
  return new OidcProvider(client, name);
}
