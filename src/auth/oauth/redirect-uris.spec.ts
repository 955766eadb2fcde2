import { isAllowedRedirect, withParameter } from './redirect-uris';

const ALLOWED = [
  'https://app.example.org/signed-in',
  'https://app.example.org/with?mode=1',
  'org.example.notes:/signed-in',
  'http://127.0.0.1/callback',
  'http://[::1]:1234/callback',
  'http://localhost:5173/callback',
];

describe('where a client may be sent back to', () => {
  it.each([
    ...ALLOWED,
    'http://127.0.0.1:1/callback',
    'http://127.0.0.1:65535/callback',
    'http://[::1]:8080/callback',
    'http://[::1]/callback',
  ])('is %s', (uri) => {
    expect(isAllowedRedirect(uri, ALLOWED)).toBe(true);
  });

  it.each([
    '',
    'https://app.example.org/signed-in/',
    'https://app.example.org/signed-in/more',
    'https://app.example.org/signed-in?more=1',
    'https://app.example.org/signed-in#more',
    'https://app.example.org/signed-in%2F..',
    'https://app.example.org/Signed-in',
    'https://APP.example.org/signed-in',
    'http://app.example.org/signed-in',
    'https://app.example.org:443/signed-in',
    'https://app.example.org:8443/signed-in',
    'https://app.example.org.evil.example/signed-in',
    'https://app.example.org@evil.example/signed-in',
    'https://user@app.example.org/signed-in',
    'https://evil.example/https://app.example.org/signed-in',
    'https://evil.example\\@app.example.org/signed-in',
    '//app.example.org/signed-in',
    ' https://app.example.org/signed-in',
    'https://app.example.org/signed-in\n',
    'https%3A%2F%2Fapp.example.org%2Fsigned-in',
    'org.example.notes:/signed-in/more',
    'org.example.notes://signed-in',
    'http://127.0.0.1:80@evil.example/callback',
    'http://127.0.0.1:/callback',
    'http://127.0.0.1:123456/callback',
    'http://127.0.0.1:80:90/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://127.0.0.1:8080/callback/more',
    'http://127.0.0.1:8080/callback?more=1',
    'http://127.0.0.1:8080',
    'http://127.0.0.2:8080/callback',
    'http://127.1/callback',
    'https://127.0.0.1:8080/callback',
    'http://localhost:5174/callback',
    'http://localhost/callback',
    'http://127.0.0.1:8080/\n/callback',
  ])('is not %j', (uri) => {
    expect(isAllowedRedirect(uri, ALLOWED)).toBe(false);
  });

  it('is nowhere when nothing is allowed', () => {
    expect(isAllowedRedirect('http://127.0.0.1:8080/callback', [])).toBe(false);
  });

  it('keeps its own query and gets the parameter escaped', () => {
    expect(withParameter('https://a.example/?x=1', 'code', 'a&b')).toBe('https://a.example/?x=1&code=a%26b');
    expect(withParameter('org.example:/in', 'error', 'access-denied')).toBe('org.example:/in?error=access-denied');
  });
});
