import { HIGHLIGHT_START as A, HIGHLIGHT_STOP as Z, highlightHtml } from './highlights';

describe('highlightHtml', () => {
  it('marks every hit', () => {
    expect(highlightHtml(`a ${A}red${Z} and ${A}blue${Z} fish`)).toBe('a <mark>red</mark> and <mark>blue</mark> fish');
  });

  it('escapes all that HTML could read, in and around a hit', () => {
    expect(highlightHtml(`<b onclick="x">&'${A}<script>${Z}&amp;`)).toBe(
      '&lt;b onclick=&quot;x&quot;&gt;&amp;&#39;<mark>&lt;script&gt;</mark>&amp;amp;',
    );
  });

  it.each(['', 'no hit', `${A}never closed`, `never opened${Z}`, `${Z}the wrong way round${A}`, `${A}${Z}`])(
    'is null when nothing is marked, as in %j',
    (headline) => expect(highlightHtml(headline)).toBeNull(),
  );

  it('leaves out the markers that the text held itself', () => {
    expect(highlightHtml(`${Z}x${A} y ${A}hit${Z} z${Z}`)).toBe('x y <mark>hit</mark> z');
    expect(highlightHtml(`${A}a${A}b${Z}c${Z}`)).toBe('a<mark>b</mark>c');
  });

  it('puts back the punctuation that was kept from ts_headline()', () => {
    expect(highlightHtml(`${A}tcp${Z}\u0001IP \u0002b\u0003 a\u0004b\u0005c\u0006d\u0007e\u000Ef\u000Fg`)).toBe(
      '<mark>tcp</mark>/IP &lt;b&gt; a&amp;b@c.d:e-f+g',
    );
  });

  it('does not take a tag in the text for a mark', () => {
    expect(highlightHtml('<mark>fake</mark>')).toBeNull();
  });

  it('gives balanced tags for every arrangement of markers', () => {
    const parts = [A, Z, 'x', '<'];
    for (let i = 0; i < 4 ** 6; i++) {
      const headline = Array.from({ length: 6 }, (_, at) => parts[Math.floor(i / 4 ** at) % 4]).join('');
      const html = highlightHtml(headline) ?? '';
      const rest = html.replace(/<mark>(?:x|&lt;)+<\/mark>/g, '');
      expect(rest).toMatch(/^(?:x|&lt;)*$/);
    }
  });
});
