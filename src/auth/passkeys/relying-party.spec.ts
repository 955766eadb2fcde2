import { relyingPartyOf } from './relying-party';

const originsOf = (publicUrl: string, ...others: string[]): string[] =>
  relyingPartyOf({ publicUrl, CLIENT_REDIRECT_URIS: others, CORS_ORIGINS: [] }).origins;

describe('the relying party of passkeys', () => {
  it('is the host of PUBLIC_URL, whose pages may use them', () => {
    expect(
      relyingPartyOf({ publicUrl: 'https://notes.example.org:8443/base', CLIENT_REDIRECT_URIS: [], CORS_ORIGINS: [] }),
    ).toEqual({ id: 'notes.example.org', name: 'Commonplace', origins: ['https://notes.example.org:8443'] });
  });

  it('has the pages of clients and of CORS_ORIGINS on the same host or below it, each once', () => {
    const party = relyingPartyOf({
      publicUrl: 'https://example.org',
      CLIENT_REDIRECT_URIS: [
        'https://app.example.org/signed-in',
        'https://app.example.org/other',
        'HTTPS://Example.org/x',
      ],
      CORS_ORIGINS: ['https://example.org:8443', '*'],
    });
    expect(party.origins).toEqual(['https://example.org', 'https://app.example.org', 'https://example.org:8443']);
  });

  it.each([
    'https://example.com',
    'https://org',
    'https://evilexample.org',
    'https://example.org.evil.test',
    'http://app.example.org',
    'commonplace://example.org',
    'javascript:example.org',
    'https://',
    'https://evil.test/example.org',
  ])('does not have %s', (uri) => {
    expect(originsOf('https://example.org', uri)).toEqual(['https://example.org']);
  });

  it('may be localhost, without TLS, on any port', () => {
    expect(
      originsOf(
        'http://localhost:3000',
        'http://localhost:5173/signed-in',
        'http://127.0.0.1:5173',
        'http://app.localhost',
      ),
    ).toEqual(['http://localhost:3000', 'http://localhost:5173']);
    expect(originsOf('http://notes.localhost', 'http://app.notes.localhost', 'http://localhost')).toEqual([
      'http://notes.localhost',
      'http://app.notes.localhost',
    ]);
  });
});
