import { ConfigError, loadConfig } from './load-config';

const SECRET = 'a secret of more than 32 characters, for these tests';

/** The variables at fault. Both secrets are given, so that none is made up and kept. */
function faultsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig({ JWT_SECRET: SECRET, ENCRYPTION_KEY: SECRET, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.split(':')[0] ?? '').sort();
    throw error;
  }
  return [];
}

describe('the settings of providers', () => {
  const google = { GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'secret' };
  const oidc = { OIDC_ISSUER: 'https://id.example.org/', OIDC_CLIENT_ID: 'id', OIDC_CLIENT_SECRET: 'secret' };

  it('are whole or absent', () => {
    expect(faultsOf({ ...google, ...oidc })).toEqual([]);
    for (const [environment, missing] of [
      [{ GOOGLE_CLIENT_ID: 'id' }, ['GOOGLE_CLIENT_SECRET']],
      [{ GITHUB_CLIENT_SECRET: 'secret' }, ['GITHUB_CLIENT_ID']],
      [{ GITHUB_URL: 'https://git.example.org' }, ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET']],
      [{ OIDC_ISSUER: 'https://id.example.org' }, ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']],
      [{ OIDC_CLIENT_ID: 'id', OIDC_CLIENT_SECRET: 'secret' }, ['OIDC_ISSUER']],
    ] as const) {
      expect(faultsOf(environment)).toEqual(missing);
    }
  });

  it('name https addresses; http only for this machine, or outside production', () => {
    const production = {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://a.example',
      JWT_SECRET: SECRET,
      ENCRYPTION_KEY: SECRET,
    };
    const faults = (url: string, environment = {}): string[] =>
      faultsOf({ ...google, ...environment, GOOGLE_URL: url });
    for (const url of [
      'https://id.example.org/realms/a',
      'http://localhost:8080',
      'http://127.0.0.1:1',
      'http://[::1]:1',
    ]) {
      expect([url, faults(url, production)]).toEqual([url, []]);
    }
    expect(faults('http://id.example.org')).toEqual([]);
    for (const url of ['http://id.example.org', 'http://localhost.evil.example', 'http://127.0.0.1@evil.example']) {
      expect([url, faults(url, production)]).toEqual([url, ['GOOGLE_URL']]);
    }
    for (const url of [
      'ftp://id.example.org',
      'https://',
      'https://a?b',
      'https://a#b',
      'https://u:p@a',
      'id.example.org',
    ]) {
      expect([url, faults(url)]).toEqual([url, ['GOOGLE_URL']]);
    }
    const discovery = 'https://id.example.org/.well-known/openid-configuration';
    expect(faultsOf({ ...oidc, OIDC_ISSUER: discovery })).toEqual(['OIDC_ISSUER']);
  });

  it('let nobody return to a script or a fragment', () => {
    for (const uri of [
      'javascript:alert(1)',
      'data:text/html,x',
      'https://a.example/#b',
      '/relative',
      'https://a.example/ü',
    ]) {
      expect([uri, faultsOf({ CLIENT_REDIRECT_URIS: uri })]).toEqual([uri, ['CLIENT_REDIRECT_URIS']]);
    }
    expect(faultsOf({ CLIENT_REDIRECT_URIS: 'https://a.example/in?x=1,org.example:/in,http://[::1]/in' })).toEqual([]);
  });
});
