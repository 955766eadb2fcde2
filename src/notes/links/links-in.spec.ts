import { linksIn, MAX_LINKS } from './links-in';

const ID = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';
const targets = (body: string): string[] => linksIn(body).map(({ target }) => target);

describe('links in a text', () => {
  it.each<[string, string[]]>([
    ['[[Tea]] and [[ Green  tea |the green one]], twice: [[tea]]', ['Tea', 'Green  tea']],
    ['[[Ｔｅａ]] [[TEA]] [[Thé]] [[Thé]] [[the]]', ['Ｔｅａ', 'Thé', 'the']],
    ['![[Picture]] [[a]][[b]] ([[c]]) *[[d]]* [x](y) [[e]](z)', ['Picture', 'a', 'b', 'c', 'd', 'e']],
    ['[[]] [[ ]] [[|x]] [[\u00A0]] [[a\nb]] [[open [single] [[in [[c]] [[d]', ['c']],
    ['[[[three]]] [[[[four]]]] [[a]b]] [[x|]] [[y|a|b]]', ['three', 'four', 'x', 'y']],
    ['| [[Cell\\|shown]] | [[C:\\]] |', ['Cell', 'C:\\']],
    ['\\[[no]] [\\[no]] \\\\[[yes]]', ['yes']],
    ['`[[no]]` ``[[no]] ` [[no]]`` `[[yes]] `` [[too]]', ['yes', 'too']],
    ['\\`[[a]]` and `\\`[[b]]', ['a', 'b']],
    ['`over two\nlines [[no]]` [[yes]]\n\nend of a ` paragraph\n\n[[too]] `', ['yes', 'too']],
    ['[[A `code` title]]', ['A `code` title']],
    ['[[a]]\n```js\n[[no]]\n\n```\n[[b]]\n~~~~\n```\n[[no]]\n~~~\n~~~~~ \n[[c]]', ['a', 'b', 'c']],
    ['> ```\n> [[no]]\n> ```\n> [[a]]\n\n1. ```\n   [[no]]\n\n   ```\n- - ~~~\n    [[no]]', ['a']],
    ['```inline``` [[a]]\n\n```\n[[no]]\n\n``\n[[never closed]]', ['a']],
    ['a\r\n~~~\r\n[[no]]\r\n~~~\r[[b]]', ['b']],
  ])('of %j', (body, expected) => {
    expect(targets(body)).toEqual(expected);
  });

  it('name a note by its id, in whatever case, or by a title', () => {
    expect(linksIn(`[[${ID.toUpperCase()}|x]] [[${ID}]] [[${ID}0]]`)).toEqual([
      { target: ID.toUpperCase(), id: ID },
      { target: `${ID}0`, id: null },
    ]);
    expect([linksIn(null), linksIn('none')]).toEqual([[], []]);
  });

  it('have at most 500 characters', () => {
    const longest = [...'ä🍵'].map((character) => character.repeat(500));
    expect(targets(`[[${longest.join(']] [[')}]] [[${'x'.repeat(501)}]]`)).toEqual(longest);
  });

  it('are the first thousand that differ', () => {
    const body = Array.from({ length: 3_000 }, (_, at) => `[[${at % 1_500}]]`).join('\n');
    expect(targets(body)).toEqual(Array.from({ length: MAX_LINKS }, (_, at) => String(at)));
  });

  it.each(['[[', '[[a', '[[a|', '[[\\', '`[[', '[[`a``', '\n[[', '> - [[', '> ', '```[[', '1. ```'])(
    'of a long text of %j are found in one walk through it',
    (piece) => {
      // Quadratic time would be minutes.
      const length = piece === '[[' ? 1_048_576 : 262_144;
      expect(targets(`${piece.repeat(length / piece.length)}[[`)).toEqual([]);
    },
  );
});
