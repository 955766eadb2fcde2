import { parseBookmarkUrl, siteOf } from './bookmark-url';

function keyOf(input: string): string {
  const parsed = parseBookmarkUrl(input);
  if ('problem' in parsed) throw new Error(`${input}: ${parsed.problem}`);
  return parsed.key.toString('hex');
}

describe('parseBookmarkUrl', () => {
  it('keeps the address as typed but for the space around it', () => {
    const typed = 'HTTPS://User:pw@Example.ORG:443/a/../b/?utm_source=x&b=1&a=2#part';
    expect(parseBookmarkUrl(`\n ${typed} \t`)).toMatchObject({ url: typed });
  });

  it('gives a key of 32 bytes', () => {
    expect(keyOf('https://example.org/')).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['the case of scheme and host', 'https://example.org/a', 'HTTPS://Example.ORG/a'],
    ['the default port', 'https://example.org/a', 'https://example.org:443/a'],
    ['the default port of http', 'http://example.org/a', 'http://example.org:80/a'],
    ['punycode', 'https://müller.example/', 'https://xn--mller-kva.example/'],
    ['the dot of the root', 'https://example.org/a', 'https://example.org./a'],
    ['a missing path', 'https://example.org', 'https://example.org/'],
    ['a missing path before a query', 'https://example.org?a=1', 'https://example.org/?a=1'],
    ['a slash at the end', 'https://example.org/a', 'https://example.org/a/'],
    ['a slash before the query', 'https://example.org/a?x=1', 'https://example.org/a/?x=1'],
    ['dot segments', 'https://example.org/b', 'https://example.org/a/../b'],
    ['repeated slashes', 'https://example.org/a/b', 'https://example.org/a//b'],
    ['needless percent-encoding', 'https://example.org/~a', 'https://example.org/%7Ea'],
    ['percent-encoded letters', 'https://example.org/é?q=ü', 'https://example.org/%C3%A9?q=%c3%bc'],
    ['plus for a space', 'https://example.org/?q=a+b', 'https://example.org/?q=a%20b'],
    ['credentials', 'https://example.org/a', 'https://user:secret@example.org/a'],
    ['the order of parameters', 'https://example.org/?a=1&b=2', 'https://example.org/?b=2&a=1'],
    ['utm parameters', 'https://example.org/a', 'https://example.org/a?utm_source=x&utm_medium=y&UTM_Campaign=z'],
    [
      'click identifiers',
      'https://example.org/a?id=1',
      'https://example.org/a?fbclid=x&id=1&gclid=y&mc_eid=z&igshid=w',
    ],
    ['anchors', 'https://example.org/a', 'https://example.org/a#section-2'],
    ['an empty fragment', 'https://example.org/a', 'https://example.org/a#'],
    ['text fragments', 'https://example.org/a', 'https://example.org/a#:~:text=some/words'],
    ['text fragments after a route', 'https://example.org/a#/b', 'https://example.org/a#/b:~:text=words'],
  ])('takes addresses for the same page that differ in %s', (_what, a, b) => {
    expect(keyOf(b)).toBe(keyOf(a));
  });

  it.each([
    ['the scheme', 'https://example.org/', 'http://example.org/'],
    ['www', 'https://example.org/', 'https://www.example.org/'],
    ['the port', 'https://example.org/', 'https://example.org:8443/'],
    ['the case of the path', 'https://example.org/a', 'https://example.org/A'],
    ['index.html', 'https://example.org/', 'https://example.org/index.html'],
    ['a parameter', 'https://example.org/?id=1', 'https://example.org/?id=2'],
    ['the order of values of one parameter', 'https://example.org/?a=1&a=2', 'https://example.org/?a=2&a=1'],
    ['names that only look like tracking', 'https://example.org/', 'https://example.org/?utm=1&gclidx=2&pk_id=3'],
    ['a route', 'https://example.org/', 'https://example.org/#/inbox'],
    ['the name of a route', 'https://example.org/#/inbox', 'https://example.org/#/sent'],
    ['a hash-bang', 'https://example.org/#!a', 'https://example.org/#!b'],
    ['a route without a slash in front', 'https://example.org/#inbox/1', 'https://example.org/#inbox/2'],
    ['a slash at the end of the query', 'https://example.org/?next=/a', 'https://example.org/?next=/a/'],
    ['the same after sorting', 'https://example.org/?b=/&a=1', 'https://example.org/?b=&a=1'],
    ['an encoded slash', 'https://example.org/a%2Fb', 'https://example.org/a/b'],
    ['a slash encoded twice', 'https://example.org/a%2Fb', 'https://example.org/a%252Fb'],
    ['an encoded plus', 'https://example.org/?q=a%2Bb', 'https://example.org/?q=a+b'],
    ['an encoded ampersand', 'https://example.org/?q=a%26b=1', 'https://example.org/?q=a&b=1'],
    ['an encoded tab in the path', 'https://example.org/a%09b', 'https://example.org/ab'],
    ['an encoded line break in the query', 'https://example.org/?q=a%0Ab', 'https://example.org/?q=ab'],
    ['words in Shift JIS', 'https://example.jp/?q=%82%A0', 'https://example.jp/?q=%82%A2'],
  ])('takes addresses for two pages that differ in %s', (_what, a, b) => {
    expect(keyOf(b)).not.toBe(keyOf(a));
  });

  it('counts code points, and allows exactly 2,048', () => {
    const start = 'https://example.org/';
    expect(parseBookmarkUrl(start + '👍'.repeat(2028))).toHaveProperty('key');
    expect(parseBookmarkUrl(start + '👍'.repeat(2029))).toEqual({ problem: 'must be at most 2,048 characters' });
  });

  it.each([
    '',
    '   ',
    'example.org',
    '//example.org/',
    '/page',
    'https:example.org',
    'https:/example.org',
    'https://',
    'https://exa mple.org/',
    'https://example.org:99999/',
    'ftp://example.org/',
    'javascript:alert(1)',
    'data:text/html,x',
    'mailto:a@example.org',
    'about:blank',
    'file:///etc/passwd',
    'chrome://settings',
  ])('refuses %j and shows what an address looks like', (input) => {
    expect(parseBookmarkUrl(input)).toEqual({
      problem: 'must be a complete web address such as https://example.org/page',
    });
  });

  it.each([
    'https://example.org/a\nb',
    'https://exam\tple.org/',
    'https://example.org/\u202Egpj.exe',
    'https://example.org/\0',
  ])('refuses %j, which would not be stored or read as it looks', (input) =>
    expect(parseBookmarkUrl(input)).toHaveProperty('problem'),
  );

  it('never throws, and gives the same key for the same address, whatever follows the scheme', () => {
    const parts = [
      'a',
      '%',
      '%zz',
      '%FF',
      '%E3%81',
      '%00',
      '%5C',
      '\\',
      '/',
      '//',
      '..',
      '?',
      '#',
      '#!',
      '&',
      '=',
      '[',
      ']',
      ':',
      '@',
      '.',
      'é',
      '👍',
      '\uD83D',
      ' ',
      'utm_a=1',
      'xn--',
      '__normalize_url_encoded_reserved__0__',
      '%3A',
    ];
    let seed = 1;
    const next = (): number => (seed = (seed * 48271) % 2147483647);
    let accepted = 0;
    for (let i = 0; i < 5000; i++) {
      const rest = Array.from({ length: next() % 12 }, () => parts[next() % parts.length]).join('');
      const input = `http${next() % 2 ? 's' : ''}://${next() % 2 ? 'example.org/' : ''}${rest}`;
      const parsed = parseBookmarkUrl(input);
      if ('key' in parsed) accepted++;
      expect(parseBookmarkUrl(input)).toEqual(parsed);
    }
    expect(accepted).toBeGreaterThan(1000);
  });
});

describe('siteOf', () => {
  it.each([
    ['https://Example.ORG/a', 'example.org'],
    ['http://www.example.org:8080/', 'example.org'],
    ['https://user:pw@sub.example.org./', 'sub.example.org'],
    ['https://müller.example/', 'xn--mller-kva.example'],
    ['https://www.org/', 'www.org'],
    ['https://wwwx.example.org/', 'wwwx.example.org'],
    ['http://[::1]:80/', '[::1]'],
    ['http://192.0.2.7/', '192.0.2.7'],
    ['not a url', null],
    ['mailto:a@example.org', null],
    ['', null],
  ])('of %j is %j', (url, site) => {
    expect(siteOf(url)).toBe(site);
  });

  it('still knows an international host after many calls, when the engine has optimised it', () => {
    for (let i = 0; i < 50_000; i++) siteOf(`https://example.org/${i}`);
    expect(siteOf('https://müller.example/')).toBe('xn--mller-kva.example');
  });
});
