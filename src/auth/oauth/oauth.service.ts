import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ValidationFailedError } from '../../common/problem';
import { Config } from '../../config/config';
import type { ProviderId } from '../../config/provider-settings';
import { OneTimeTokensService } from '../one-time-tokens/one-time-tokens.service';
import { ERROR_PAGE, SIGNED_IN_PAGE } from '../pages/page-paths';
import { FlowCookies } from './flow-cookies';
import type { BeginQuery } from './oauth.requests';
import type { FlowSecrets, Provider, ProviderProfile } from './provider';
import { ProviderCodes } from './provider-codes';
import { Providers } from './providers';
import { isAllowedRedirect, withParameter } from './redirect-uris';
import { codeCookie } from './shown-code';

/** Where the browser goes next, and what it keeps. */
export interface Departure {
  location: string;
  cookies: string[];
}

/** What the client that began wants; both are null when it was the server's own page. */
interface Return {
  redirectUri: string | null;
  codeChallenge: string | null;
}

interface Flow extends Return {
  state: string;
  secrets: FlowSecrets;
}

type Failure = 'access-denied' | 'provider-error' | 'state-invalid';

/** Sends browsers to providers and takes them back (RFC 6749 with PKCE, OpenID Connect Core 1.0, RFC 9700). */
@Injectable()
export class OAuthService {
  private readonly logger = new Logger(OAuthService.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly providers: Providers,
    private readonly tokens: OneTimeTokensService,
    private readonly cookies: FlowCookies,
    private readonly codes: ProviderCodes,
  ) {}

  /**
   * To the provider, with a state that is good for ten minutes, once, for this provider, in this browser.
   * @throws NotFoundError for a provider that is not configured; ValidationFailedError for a `redirectUri` that is not allowed
   */
  async begin(id: string, query: BeginQuery): Promise<Departure> {
    const provider = this.providers.get(id);
    const wanted = this.wantedReturn(query);
    const state = await this.tokens.issue(this.dataSource.manager, {
      purpose: 'provider-state',
      userId: null,
      data: { provider: provider.id, ...wanted },
    });
    try {
      const { location, secrets } = await provider.begin(state);
      return { location, cookies: [this.cookies.set(provider.id, state, secrets)] };
    } catch (error) {
      this.logger.warn(`${provider.id} cannot be signed in with`, error);
      return this.fail(wanted, 'provider-error', []);
    }
  }

  /**
   * Back from the provider, to the client with a code that is good for a minute, once, or with what went wrong. Nothing of what the browser brings is
   * shown or passed on.
   * @throws NotFoundError for a provider that is not configured
   */
  async finish(id: string, parameters: unknown, cookieHeader: string): Promise<Departure> {
    const provider = this.providers.get(id);
    const query = singleParameters(parameters);
    const flow = await this.takeFlow(provider.id, query, cookieHeader);
    if (flow === undefined) return this.fail({ redirectUri: null, codeChallenge: null }, 'state-invalid', []);
    const cookies = [this.cookies.clear(provider.id, flow.state)];
    const profile = await this.profileOf(provider, query, flow);
    if (typeof profile === 'string') return this.fail(flow, profile, cookies);
    const account = { provider: provider.id, ...profile };
    const code = await this.codes.issue(this.dataSource.manager, account, flow.codeChallenge);
    if (flow.redirectUri !== null) return { location: withParameter(flow.redirectUri, 'code', code), cookies };
    const location = withParameter(this.config.publicUrl + SIGNED_IN_PAGE, 'code', code);
    return { location, cookies: [...cookies, codeCookie(this.config, code)] };
  }

  private wantedReturn({ redirectUri, codeChallenge }: BeginQuery): Return {
    if (redirectUri === undefined && codeChallenge === undefined) return { redirectUri: null, codeChallenge: null };
    if (redirectUri === undefined || !isAllowedRedirect(redirectUri, this.config.CLIENT_REDIRECT_URIS)) {
      const detail = 'must be one of the addresses in CLIENT_REDIRECT_URIS, character by character';
      throw new ValidationFailedError([{ pointer: '?redirectUri', detail, code: 'isAllowedRedirect' }]);
    }
    if (codeChallenge === undefined) {
      const detail = 'must be there with redirectUri: PKCE (RFC 7636) proves that who exchanges the code began';
      throw new ValidationFailedError([{ pointer: '?codeChallenge', detail, code: 'isDefined' }]);
    }
    return { redirectUri, codeChallenge };
  }

  /** The flow that this browser began with this provider, used up; undefined for a state that is forged, used, old, of another browser or provider. */
  private async takeFlow(
    provider: ProviderId,
    { state }: Record<string, string>,
    cookieHeader: string,
  ): Promise<Flow | undefined> {
    if (state === undefined) return undefined;
    const secrets = this.cookies.read(provider, state, cookieHeader);
    if (secrets === undefined) return undefined;
    const token = await this.dataSource.transaction((manager) => this.tokens.consume(manager, 'provider-state', state));
    // Only `begin` writes tokens of this purpose.
    const data = token?.data as (Return & { provider: ProviderId }) | null | undefined;
    return data?.provider === provider ? { ...data, state, secrets } : undefined;
  }

  private async profileOf(
    provider: Provider,
    query: Record<string, string>,
    { state, secrets }: Flow,
  ): Promise<ProviderProfile | Failure> {
    if (query.error === 'access_denied') return 'access-denied';
    try {
      if (query.error !== undefined) throw new Error('The provider sent the browser back with an error');
      return await provider.finish(query, state, secrets);
    } catch (error) {
      this.logger.warn(`A sign-in with ${provider.id} failed`, error);
      return 'provider-error';
    }
  }

  private fail({ redirectUri }: Return, failure: Failure, cookies: string[]): Departure {
    const location =
      redirectUri === null
        ? withParameter(this.config.publicUrl + ERROR_PAGE, 'code', failure)
        : withParameter(redirectUri, 'error', failure);
    return { location, cookies };
  }
}

/** The parameters of a callback. One that is there twice (RFC 6749, 3.1) makes all of it void: the two may be read differently. */
function singleParameters(parameters: unknown): Record<string, string> {
  const entries = Object.entries(parameters ?? {});
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : {};
}
