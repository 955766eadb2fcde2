import type { StrategyOptions } from 'passport-google-oauth20';
import { boundedFetch } from './bounded-fetch';
import type { Begun, FlowSecrets } from './provider';

/** What a strategy of Passport reads from a request, and where the state store keeps the verifier. */
interface StrategyRequest {
  query: Record<string, string>;
  state: string;
  verifier?: string;
}

type Fault = (error: unknown) => void;

/** Makes a strategy for one run; what goes wrong in its requests is told to `fault`. */
export type StrategyFactory = (fault: Fault) => { authenticate(request: object): void };

/** Where a run of a strategy ends. */
type Outcome = { location: string } | { profile: PassportProfile };

/** What a strategy makes of the provider's answers. `_json` is the answer itself. */
interface PassportProfile {
  _json: Record<string, unknown>;
  emails?: readonly Record<string, unknown>[];
}

/**
 * Passport's stores keep state and verifier in a session, of which there is one a browser: two tabs would be in each other's way. Ours are made and
 * checked by `OAuthService`, so this one only hands them through. Passport tells what a store takes by the number of its parameters.
 */
const store = {
  store(request: StrategyRequest, verifier: string, _state: unknown, _meta: unknown, done: StateDone): void {
    request.verifier = verifier;
    done(null, request.state);
  },
  verify(request: StrategyRequest, _state: string, _meta: unknown, done: StateDone): void {
    done(null, request.verifier);
  },
};

type StateDone = (error: null, value: string | undefined) => void;

/** The options that every strategy gets: our state, PKCE with S256, and the profile as the result. */
export const STRATEGY_OPTIONS = {
  // The types do not know stores that are told the verifier.
  store: store as unknown as StrategyOptions['store'],
  pkce: true,
  customHeaders: { Accept: 'application/json', 'User-Agent': 'Commonplace' },
};

/** A strategy's result is the profile that the provider gave. No token of the provider's is kept. */
export function verifyProfile(
  _accessToken: string,
  _refreshToken: string,
  profile: object,
  done: (error: null, profile: object) => void,
): void {
  done(null, profile);
}

/**
 * The library asks without a limit of time or size, follows nothing but calls a redirection a success, may put the token into the address, and throws
 * where nobody catches. So the strategies get another way to ask.
 */
export function boundRequests(client: OAuth2Client, fault: Fault): void {
  client.useAuthorizationHeaderforGET(true);
  Object.assign(client, { _request: (...request: OAuthRequest) => void ask(...request).catch(fault) });
}

/** Gives every answer that is a success to `done`, as the library's own request does. @throws Error for every other */
async function ask(...[method, url, headers, body, , done]: OAuthRequest): Promise<void> {
  const all = { ...STRATEGY_OPTIONS.customHeaders, ...headers };
  const response = await boundedFetch(url, { method, headers: all, body: body === '' ? undefined : body });
  if (!response.ok) throw new Error(`The provider answered ${response.status} to ${method} ${new URL(url).pathname}`);
  done(null, await response.text());
}

interface OAuth2Client {
  useAuthorizationHeaderforGET(useIt: boolean): void;
}

type OAuthRequest = [
  method: string,
  url: string,
  headers: Record<string, string> | null,
  body: string | undefined,
  accessToken: string | null,
  done: (error: null, body: string) => void,
];

/** The first half: where the strategy sends the browser. */
export async function runBegin(make: StrategyFactory, state: string): Promise<Begun> {
  const request: StrategyRequest = { query: {}, state };
  const outcome = await run(make, request);
  if (!('location' in outcome) || request.verifier === undefined) throw new Error('The strategy sends nobody anywhere');
  return { location: outcome.location, secrets: { verifier: request.verifier } };
}

/** The second half: the profile that the strategy fetched for the code. */
export async function runFinish(
  make: StrategyFactory,
  { code }: Record<string, string>,
  { verifier }: FlowSecrets,
): Promise<PassportProfile> {
  // Without a code the strategy would begin anew, and the browser go round in circles.
  if (code === undefined || code === '') throw new Error('The provider sent no code');
  const outcome = await run(make, { query: { code }, state: '', verifier });
  if (!('profile' in outcome)) throw new Error('The strategy begins again');
  return outcome.profile;
}

/** RFC 9207: an answer that names another issuer is not of this flow. @throws Error then */
export function requireIssuer({ iss }: Record<string, string>, issuer: string): void {
  if (iss !== undefined && iss !== issuer) throw new Error('The answer is of another issuer');
}

/** Runs a strategy as Passport does, without its middleware, which is made for Express and would answer past Fastify. */
function run(make: StrategyFactory, request: StrategyRequest): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const strategy = Object.assign(make(reject), {
      redirect: (location: string) => resolve({ location }),
      success: (profile: PassportProfile) => resolve({ profile }),
      fail: () => reject(new Error('The strategy refuses')),
      error: reject,
    });
    strategy.authenticate(request);
  });
}
