import { highlightHtml } from './highlights';
import { BODY_CHARACTERS, HitMarker } from './mark-hits';
import type { TextNode } from './search-node';

const word = (text: string): TextNode => ({ type: 'word', text, prefix: false });
const prefix = (text: string): TextNode => ({ type: 'word', text, prefix: true });
const phrase = (text: string): TextNode => ({ type: 'phrase', text });

const title = (text: string, ...texts: TextNode[]): string | null =>
  highlightHtml(HitMarker.of(texts)?.mark({ title: text, body: null })?.title ?? '');
const body = (text: string, ...texts: TextNode[]): string | null =>
  highlightHtml(HitMarker.of(texts)?.mark({ title: null, body: text })?.body ?? '');

describe('the marks of a title', () => {
  it.each([
    ['Café & more <b>cafe</b>', [word('café')], '<mark>Café</mark> &amp; more &lt;b&gt;<mark>cafe</mark>&lt;/b&gt;'],
    ['tea teapot steam TEA', [word('Tea')], '<mark>tea</mark> teapot steam <mark>TEA</mark>'],
    ['tea teapot steam', [prefix('tea')], '<mark>tea</mark> <mark>teapot</mark> steam'],
    ['TCP/IP, tcp over ip', [word('tcp/ip')], '<mark>TCP</mark>/<mark>IP</mark>, tcp over ip'],
    ['red hot, hot, red', [phrase('red hot')], '<mark>red</mark> <mark>hot</mark>, hot, red'],
    ['red hot red', [word('red'), phrase('red hot')], '<mark>red</mark> <mark>hot</mark> <mark>red</mark>'],
    ['Die Straße', [word('STRASSE')], 'Die <mark>Straße</mark>'],
    ['Straßen', [prefix('stras')], '<mark>Straßen</mark>'],
    ['snake_case', [word('case')], 'snake_<mark>case</mark>'],
    ['co-op 12th', [prefix('co-o'), word('12')], '<mark>co</mark>-<mark>op</mark> 12th'],
    ['nothing', [word('!!!')], null],
    ['nothing', [word('thing')], null],
  ])('in %j', (text, texts, html) => expect(title(text, ...texts)).toBe(html));
});

describe('the marks of a body', () => {
  const words = (count: number, from = 0): string =>
    Array.from({ length: count }, (_, at) => `w${from + at}`).join(' ');

  it('are a passage of at most thirty words around the first hit', () => {
    const html = body(`${words(500)} the needle ${words(500, 500)}`, word('needle'));
    expect(html).toMatch(/^w494 w495 w496 w497 w498 w499 the <mark>needle<\/mark> w500 .* w521$/);
  });

  it('are two passages, those with the most of the words, in the order of the text', () => {
    const text = ['one', 'two', 'one two', 'two', 'one two three'].join(` ${words(50)} `);
    const html = body(text, word('one'), word('two'), word('three'));
    expect(html?.split(' … ').map((passage) => passage.match(/(?<=<mark>)\w+/g))).toEqual([
      ['one', 'two'],
      ['one', 'two', 'three'],
    ]);
  });

  it('do not overlap', () => {
    const html = body(`${words(20)} needle ${words(24)} needle ${words(20)}`, word('needle'));
    const [first, second] = html?.split(' … ') ?? [];
    expect(first).toMatch(/w21 w22$|w21$/);
    expect(second?.match(/<mark>/g)).toHaveLength(1);
    expect(html?.match(/<mark>/g)).toHaveLength(2);
  });

  it('begin with whole words', () => {
    const html = body(`${'x'.repeat(195)}long a needle`, word('needle'));
    expect(html).toBe('a <mark>needle</mark>');
  });

  it('are looked for in the first 20,000 characters', () => {
    expect(body(`${' '.repeat(BODY_CHARACTERS - 6)}needle`, word('needle'))).toBe('<mark>needle</mark>');
    expect(body(`${' '.repeat(BODY_CHARACTERS)}needle`, word('needle'))).toBeNull();
  });
});

describe('a marker', () => {
  it('leaves searches and notes to the database whose text is not plain', () => {
    expect(HitMarker.of([word('tea'), word('чай')])).toBeNull();
    expect(HitMarker.of([word('tea')])?.mark({ title: 'чай', body: 'tea' })).toBeNull();
    expect(HitMarker.of([word('tea')])?.mark({ title: 'tea', body: 'чай' })).toBeNull();
  });

  it('takes time in proportion to a text, whatever it is', () => {
    const marker = HitMarker.of(Array.from({ length: 50 }, (_, at) => prefix(`a${'-a'.repeat(at % 5)}`)));
    const started = performance.now();
    for (const part of ['a', 'a ', ' ', 'a-', 'aß', '\n', 'ab '])
      marker?.mark({ title: null, body: part.repeat(BODY_CHARACTERS) });
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
