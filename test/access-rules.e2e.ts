import { claimsOf } from './support/accounts';
import { makeAccessToken } from './support/access-tokens';
import { startTestApp, type TestApp } from './support/app';
import type { Answer, SignedIn } from './support/client';
import { query } from './support/database';
import { expectProblem } from './support/problems';
import { type Route, routeTable } from './support/routes';
import { ALL_SCOPES, type Scope } from '../src/common/scopes';

/** What does not exist: whoever gets past the guards finds nothing there, and changes nothing. */
const NOTHING = '00000000-0000-7000-8000-000000000000';

const PROBLEM = 'urn:commonplace:problem:';

/** Holds every route to the rule that it declares. Nothing here names a route: new ones are held, too. */
describe('the rules of access', () => {
  let server: TestApp;
  let routes: Route[];
  let user: SignedIn;
  /** Access tokens of the user: with all scopes, and by scope with that one alone, and with all others. */
  let all: string;
  const only = new Map<Scope, string>();
  const without = new Map<Scope, string>();

  beforeAll(async () => {
    server = await startTestApp();
    routes = routeTable(server.app).routes;
    user = await server.client.signUp();
    const make = async (scopes: Scope[]): Promise<string> =>
      (await makeAccessToken(server.client, user, { scopes })).token;
    all = await make(ALL_SCOPES);
    for (const scope of ALL_SCOPES) {
      only.set(scope, await make([scope]));
      without.set(scope, await make(ALL_SCOPES.filter((other) => other !== scope)));
    }
  });

  afterAll(() => server.close());

  const ask = (route: Route, token: string | undefined): Promise<Answer> =>
    server.client.request(route.method, pathTo(route), { token });

  const ofKind = (kind: string, fresh?: boolean): Route[] =>
    routes.filter(
      ({ rule }) =>
        typeof rule === 'object' &&
        rule.kind === kind &&
        (fresh === undefined || ('fresh' in rule && rule.fresh === fresh)),
    );

  it('are of every kind that the tests below hold', () => {
    for (const kind of ['scope', 'any', 'session']) expect([kind, ofKind(kind).length > 0]).toEqual([kind, true]);
    expect(ofKind('session', true).length).toBeGreaterThan(0);
  });

  it('let an access token with exactly the scope in', async () => {
    for (const { route, scope } of scoped()) {
      const { status } = await ask(route, only.get(scope));
      expect([route.name, status, [401, 403].includes(status)]).toEqual([route.name, status, false]);
    }
  });

  it('refuse an access token that has every scope but the one, and say which (RFC 6750)', async () => {
    for (const { route, scope } of scoped()) {
      const answer = await ask(route, without.get(scope));
      expectProblem(answer, 403, 'insufficient-scope', pathTo(route), ['scope']);
      expect([route.name, answer.body.scope, answer.headers.get('www-authenticate')]).toEqual([
        route.name,
        scope,
        `Bearer error="insufficient_scope", scope="${scope}"`,
      ]);
    }
  });

  it('let any access token in where any will do', async () => {
    for (const route of ofKind('any')) {
      for (const token of [user.token, ...only.values()]) {
        const { status } = await ask(route, token);
        expect([route.name, status, [401, 403].includes(status)]).toEqual([route.name, status, false]);
      }
    }
  });

  it('keep access tokens from what manages the account, whatever their scopes', async () => {
    for (const route of ofKind('session')) {
      expectProblem(await ask(route, all), 403, 'session-required', pathTo(route));
    }
  });

  it('ask for a fresh sign-in where a way in is made or taken away', async () => {
    const stale = await staleSession();
    // An administrator's route hides from others before it asks for anything.
    const staleAdmin = await administrator(await staleSession());
    const fresh = [...ofKind('session', true), ...ofKind('admin', true)];
    for (const route of fresh) {
      const { token } = ofKind('admin').includes(route) ? staleAdmin : stale;
      expectProblem(await ask(route, token), 403, 'fresh-sign-in-required', pathTo(route));
      const { body } = await ask(route, (await server.client.signUp()).token);
      expect([route.name, body.type]).not.toEqual([route.name, `${PROBLEM}fresh-sign-in-required`]);
    }
    // The same session may do what asks for no fresh one.
    expect((await server.client.get('/api/v1/users/me', { token: stale.token })).status).toBe(200);
  });

  it('hide the routes of administrators from users and from access tokens, those of administrators too', async () => {
    const admin = await administrator(await server.client.signUp());
    const token = await makeAccessToken(server.client, admin);
    for (const route of ofKind('admin')) {
      for (const credential of [user.token, all, token.token]) {
        expectProblem(await ask(route, credential), 404, 'not-found', pathTo(route));
      }
    }
  });

  it('are a matter of credentials: none is 401 everywhere, and so is one that is made up', async () => {
    for (const route of routes.filter(({ rule }) => rule !== 'public')) {
      expect([route.name, (await ask(route, undefined)).status]).toEqual([route.name, 401]);
      const { status, headers } = await ask(route, `${all.slice(0, -1)}_`);
      expect([route.name, status]).toEqual([route.name, 401]);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"$/);
    }
  });

  function scoped(): { route: Route; scope: Scope }[] {
    return routes.flatMap((route) =>
      typeof route.rule === 'object' && route.rule.kind === 'scope' ? [{ route, scope: route.rule.scope }] : [],
    );
  }

  function pathTo({ path }: Route): string {
    return path.replaceAll(/\{\w+\}/g, NOTHING);
  }

  /** A user who signed in a day ago, with a new access token. */
  async function staleSession(): Promise<SignedIn> {
    const signedIn = await server.client.signUp();
    const sid = claimsOf(signedIn.token).sid;
    await query(server.databaseUrl, `update sessions set authenticated_at = now() - interval '1 day' where id = $1`, [
      sid,
    ]);
    return refreshed(signedIn);
  }

  /** The same session, now that of an administrator. */
  async function administrator(signedIn: SignedIn): Promise<SignedIn> {
    await query(server.databaseUrl, `update users set role = 'admin' where id = $1`, [signedIn.userId]);
    return refreshed(signedIn);
  }

  async function refreshed(signedIn: SignedIn): Promise<SignedIn> {
    const { refreshToken } = signedIn;
    const { body } = await server.client.post('/api/v1/auth/refresh', { body: { refreshToken } });
    return { ...signedIn, token: String(body.accessToken), refreshToken: String(body.refreshToken) };
  }
});
