import type { AccessRule } from '../../common/access';
import type { AuthenticatedUser } from '../../common/current-user';
import type { Scope } from '../../common/scopes';
import { accessRefusal, type AccessSettings } from './access-refusal';

const SETTINGS: AccessSettings = { FRESH_SIGN_IN_SECONDS: 900, UNVERIFIED_ACCESS: 'full' };
const USER = { id: 'ada', role: 'user', emailVerified: true, expiresAt: Infinity } as const;

const session = (secondsAgo = 0, more: Partial<AuthenticatedUser> = {}): AuthenticatedUser => ({
  ...USER,
  ...more,
  credential: { kind: 'session', sessionId: 's', authenticatedAt: new Date(Date.now() - secondsAgo * 1_000) },
});
const token = (scopes: Scope[], more: Partial<AuthenticatedUser> = {}): AuthenticatedUser => ({
  ...USER,
  ...more,
  credential: { kind: 'access-token', accessTokenId: 't', scopes },
});
const admin = { role: 'admin' } as const;

const ANY: AccessRule = { kind: 'any' };
const READ: AccessRule = { kind: 'scope', scope: 'notes:read' };
const PROFILE: AccessRule = { kind: 'scope', scope: 'account:read' };
const SESSION: AccessRule = { kind: 'session', fresh: false };
const FRESH: AccessRule = { kind: 'session', fresh: true };
const ADMIN: AccessRule = { kind: 'admin', fresh: false };
const FRESH_ADMIN: AccessRule = { kind: 'admin', fresh: true };

const codeOf = (rule: AccessRule, user: AuthenticatedUser, method = 'GET', settings = SETTINGS): string =>
  accessRefusal(rule, user, method, settings)?.code ?? 'allowed';

describe('a rule of access', () => {
  it.each<[string, AccessRule, AuthenticatedUser, string]>([
    ['any: a session', ANY, session(), 'allowed'],
    ['any: a token without the scope of anything', ANY, token(['webhooks']), 'allowed'],
    ['a scope: a session', READ, session(100_000), 'allowed'],
    ['a scope: a token that has it', READ, token(['webhooks', 'notes:read']), 'allowed'],
    ['a scope: a token that may write, but not read', READ, token(['notes:write']), 'insufficient-scope'],
    ['a scope: a token without any', READ, token([]), 'insufficient-scope'],
    ['a session: one of yesterday', SESSION, session(86_400), 'allowed'],
    ['a session: a token', SESSION, token(['notes:read']), 'session-required'],
    ['a fresh session: one within the time', FRESH, session(899), 'allowed'],
    ['a fresh session: one a moment later', FRESH, session(901), 'fresh-sign-in-required'],
    ['a fresh session: a token', FRESH, token(['notes:read']), 'session-required'],
    ['an administrator: one', ADMIN, session(86_400, admin), 'allowed'],
    ['an administrator: a user', ADMIN, session(), 'not-found'],
    ['an administrator: a token of one', ADMIN, token(['account:read'], admin), 'not-found'],
    ['a fresh administrator: one', FRESH_ADMIN, session(10, admin), 'allowed'],
    ['a fresh administrator: one of yesterday', FRESH_ADMIN, session(86_400, admin), 'fresh-sign-in-required'],
    ['a fresh administrator: a user of yesterday is told nothing', FRESH_ADMIN, session(86_400), 'not-found'],
  ])('that asks for %s', (_, rule, user, code) => {
    expect(codeOf(rule, user)).toBe(code);
  });

  it('names the scope that a token lacks, in the challenge of RFC 6750, too', () => {
    expect(accessRefusal(READ, token(['files:read']), 'GET', SETTINGS)?.options).toMatchObject({
      extensions: { scope: 'notes:read' },
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="notes:read"' },
    });
  });
});

describe('an address that is not verified', () => {
  const REFUSED = 'email-not-verified';

  it.each<[AccessSettings['UNVERIFIED_ACCESS'], string, AccessRule, string]>([
    ['full', 'POST', READ, 'allowed'],
    ['read', 'GET', READ, 'allowed'],
    ['read', 'HEAD', READ, 'allowed'],
    ['read', 'POST', READ, REFUSED],
    ['read', 'PATCH', READ, REFUSED],
    ['read', 'DELETE', READ, REFUSED],
    ['read', 'POST', SESSION, 'allowed'],
    ['read', 'DELETE', FRESH, 'allowed'],
    ['read', 'POST', ANY, 'allowed'],
    ['none', 'GET', READ, REFUSED],
    ['none', 'HEAD', READ, REFUSED],
    ['none', 'POST', READ, REFUSED],
    ['none', 'GET', PROFILE, 'allowed'],
    ['none', 'GET', ANY, 'allowed'],
    ['none', 'POST', SESSION, 'allowed'],
    ['none', 'POST', FRESH, 'allowed'],
  ])('with UNVERIFIED_ACCESS=%s: %s of %j is %s', (access, method, rule, code) => {
    const settings = { ...SETTINGS, UNVERIFIED_ACCESS: access };
    expect(codeOf(rule, session(0, { emailVerified: false }), method, settings)).toBe(code);
    expect(codeOf(rule, session(), method, settings)).toBe('allowed');
    if (rule.kind !== 'scope') return;
    expect(codeOf(rule, token([rule.scope], { emailVerified: false }), method, settings)).toBe(code);
  });

  it('keeps an administrator from changing accounts, but not from verifying it', () => {
    const settings: AccessSettings = { ...SETTINGS, UNVERIFIED_ACCESS: 'none' };
    const user = session(0, { ...admin, emailVerified: false });
    expect([codeOf(ADMIN, user, 'PATCH', settings), codeOf(SESSION, user, 'POST', settings)]).toEqual([
      REFUSED,
      'allowed',
    ]);
  });

  it('tells a token that lacks the scope so first', () => {
    const settings: AccessSettings = { ...SETTINGS, UNVERIFIED_ACCESS: 'none' };
    expect(codeOf(READ, token([], { emailVerified: false }), 'GET', settings)).toBe('insufficient-scope');
  });
});
